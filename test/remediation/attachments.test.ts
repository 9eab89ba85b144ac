import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../shared/domain/group.ts';
import { summarizeAttachments } from '../../shared/remediation/decide/decide-group.ts';
import { cell, change, group, rule } from './cell.ts';

const SSH = rule('tcp', 22, '0.0.0.0/0');
const GROUP = 'sg-00000000000000001';

function attachment(n: number, more: Partial<Attachment> = {}): Attachment {
  return {
    interfaceId: `eni-${n}`,
    description: '',
    type: 'interface',
    ...more,
  };
}

describe('what a group is attached to', () => {
  it('is counted by kind, the most first, with the first few ids, an instance’s before its interface’s', () => {
    const some = [
      attachment(1, { owner: 'elb' }),
      attachment(2, { owner: 'ec2', instanceId: 'i-1' }),
      attachment(3, { owner: 'ec2', instanceId: 'i-1' }),
      attachment(4, { publicIpv6: '2001:db8::1' }),
      attachment(5, { owner: 'ec2', instanceId: 'i-2' }),
    ];
    expect(summarizeAttachments(some)).toEqual({
      interfaces: 5,
      kinds: [
        { kind: 'ec2', count: 3 },
        { kind: 'elb', count: 1 },
        { kind: 'other', count: 1 },
      ],
      ids: ['eni-1', 'i-1', 'eni-4'],
      hasPublicAddress: true,
    });
  });

  it('is on the record of what was closed, and changes neither the plan’s name nor the calls', async () => {
    const attachments = { [GROUP]: [attachment(1, { owner: 'ec2', instanceId: 'i-1', publicIp: '198.51.100.1' })] };
    const [used, unused] = [cell([group([SSH])], { attachments }), cell([group([SSH])])];
    const [outcome] = await used.run(change([SSH]));
    const [other] = await unused.run(change([SSH]));
    expect(outcome?.plan.decision.attached).toMatchObject({ interfaces: 1, ids: ['i-1'], hasPublicAddress: true });
    expect(outcome?.plan.id).toBe(other?.plan.id);
    expect(used.calls).toEqual(unused.calls);
    const [entry] = await used.ledger.newest(1);
    expect(entry?.outcome?.plan.decision.attached).toEqual(outcome?.plan.decision.attached);
  });
});
