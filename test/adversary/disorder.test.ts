import { ModifySecurityGroupRulesCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textForProtocol } from '../../infra/local/services/sns.ts';
import { ruleFromSdk } from '../../shared/events/describe/group.ts';
import { decisionsFor } from '../../shared/remediation/decide/decide-group.ts';
import { openShop, tcp } from '../e2e/shop.ts';
import { effort } from '../effort.ts';
import { change, GUARD, group } from '../remediation/cell.ts';

const SENSITIVE = [22, 3389, 3306, 5432, 6379, 9200];
/** Wide sources are the world by themselves. No control reports the others. */
const WIDE = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '60.0.0.0/8', '96.0.0.0/9', '96.128.0.0/9'];
const NARROW = ['10.0.0.0/8', '198.51.100.7/32', '192.0.2.0/24', '172.16.0.0/12'];
const HARMLESS_PORTS = [443, 8443, 5433];

type Operation =
  | { readonly do: 'open'; readonly port: number; readonly cidrs: readonly string[] }
  | { readonly do: 'serve'; readonly port: number; readonly cidr: string }
  | { readonly do: 'widen'; readonly which: number; readonly port: number; readonly cidr: string }
  | { readonly do: 'remove'; readonly which: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      port: fc.constantFrom(...SENSITIVE),
      cidrs: fc.uniqueArray(fc.constantFrom(...WIDE, ...NARROW), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('serve' as const),
      port: fc.constantFrom(...HARMLESS_PORTS),
      cidr: fc.constantFrom(...WIDE, ...NARROW),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('widen' as const),
      which: fc.nat(100),
      port: fc.constantFrom(...SENSITIVE, ...HARMLESS_PORTS),
      cidr: fc.constantFrom(...WIDE, ...NARROW),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), which: fc.nat(100) }) },
);

/** EC2 rejects changes that lose a race (a duplicate, a deleted rule), and they change nothing. */
const refusals = new Set(['InvalidPermission.Duplicate', 'InvalidSecurityGroupRuleId.NotFound']);
async function unlessRefused(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !refusals.has(error.name)) throw error;
    return false;
  }
}

describe('random changes with events that are delivered twice and in random order', () => {
  it('leave nothing to enforce, keep harmless rules, and notify of each removed rule exactly once', async () => {
    const operations = fc.sample(operation, { numRuns: effort(20, 50), seed: 20_260_102 });
    const shop = await openShop({ delivery: { doubled: true, shuffled: true, delayMs: 15 } });
    const [mine, lost] = [new Map<string, 'harmless' | 'suspect'>(), new Set<string>()];
    const groupId = shop.groupId('app');
    const before = await shop.rules('app');
    const isHarmless = (port: number, cidr: string) => !SENSITIVE.includes(port) || NARROW.includes(cidr);

    const play = async (one: Operation): Promise<void> => {
      switch (one.do) {
        case 'open':
        case 'serve': {
          const cidrs = one.do === 'open' ? one.cidrs : [one.cidr];
          const note = async (): Promise<void> => {
            for (const { SecurityGroupRuleId: id = '', CidrIpv4: cidr = '' } of await shop.authorize(
              'app',
              tcp(one.port, ...cidrs),
            ))
              mine.set(id, isHarmless(one.port, cidr) ? 'harmless' : 'suspect');
          };
          await unlessRefused(note());
          return;
        }
        case 'widen': {
          const id = [...mine.keys()][one.which % Math.max(1, mine.size)];
          if (id === undefined) return;
          const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: one.port, ToPort: one.port, CidrIpv4: one.cidr };
          const SecurityGroupRules = [{ SecurityGroupRuleId: id, SecurityGroupRule }];
          const done = await unlessRefused(
            shop.ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: groupId, SecurityGroupRules })),
          );
          // A rule that was open at any time may have been removed for that.
          if (done && !isHarmless(one.port, one.cidr)) mine.set(id, 'suspect');
          return;
        }
        case 'remove': {
          const id = [...mine.keys()][one.which % Math.max(1, mine.size)];
          if (id === undefined) return;
          const input = { GroupId: groupId, SecurityGroupRuleIds: [id] };
          if (await unlessRefused(shop.ec2.send(new RevokeSecurityGroupIngressCommand(input)))) lost.add(id);
          return;
        }
        default:
          one satisfies never;
      }
    };
    for (const [i, one] of operations.entries()) {
      await play(one);
      // Events arrive in bursts of five in random order.
      if (i % 5 === 4) await shop.clock.advance(250);
    }
    await shop.delivery.drain();

    expect(shop.delivery.failures).toEqual([]);
    const left = (await shop.rules('app')).map(ruleFromSdk);
    const all = group(left, { id: groupId });
    const ids = left.map(({ id }) => id ?? '').filter((id) => mine.has(id));
    const added = { kind: 'rules', ids, contents: [] } as const;
    const decisions = decisionsFor(
      { group: all, facts: { attachments: [] } },
      change([], { added: added }),
      GUARD,
      'enforce',
    );
    expect(decisions.filter(({ mode }) => mode === 'enforce')).toEqual([]);
    expect(left.map(({ id }) => id)).toEqual(
      expect.arrayContaining(before.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId)),
    );
    const gone = [...mine.keys()].filter((id) => !ids.includes(id) && !lost.has(id));
    expect(gone.filter((id) => mine.get(id) === 'harmless')).toEqual([]);
    const tellings = (id: string) =>
      shop.local.messages.filter(
        (message) => message.subject?.startsWith('Closed') && textForProtocol('email', message).includes(`${id} `),
      ).length;
    expect(gone.length).toBeGreaterThan(5);
    expect(gone.map((id) => [id, tellings(id)])).toEqual(gone.map((id) => [id, 1]));
    expect([...lost].filter((id) => tellings(id) > 0)).toEqual([]);
    await shop.close();
  });
});
