import { describe, expect, it } from 'vitest';
import { exemptRemediation } from '../../shared/actions/answer.ts';
import { change, group, rule } from '../remediation/cell.ts';
import { underEveryFault } from '../remediation/faulty.ts';
import { BOB, contents, expected, GROUP, narrowing, through, world } from '../workflows/grants/world.ts';

const DAY = 86_400_000;
const SSH = rule('tcp', 22, '0.0.0.0/0');
const RDP = rule('tcp', 3389, '0.0.0.0/0');
const ASKING = narrowing({ 'world-open-admin': { fresh: 'approve', existing: 'approve' } });

async function closed() {
  const account = world([group([SSH])]);
  await account.run(change([SSH]));
  return { ...account, id: await account.idOf() };
}

async function pending() {
  const account = world([group([SSH, RDP])], { policy: ASKING });
  await account.run(change([SSH, RDP]));
  return { ...account, id: await account.idOf() };
}

function leaving(id: string, days = 1) {
  return { do: 'leave-open', id, terms: { days, owner: 'bob' }, by: BOB, reason: 'button in Slack: exempt' } as const;
}

describe('an exemption of a remediation’s rules', () => {
  it('restores the removed rules for a day', async () => {
    const account = await closed();
    expect(account.left()).toEqual([]);
    const result = expected(await exemptRemediation(leaving(account.id), account.grantCell), 'restored');
    expect(result.followUp.exemption).toEqual({ owner: 'bob', until: account.clock.at + DAY });
    expect(contents(account.left())).toEqual(contents([SSH]));
    expect(await account.exemptions.active([GROUP])).toHaveLength(1);
  });

  it('restores nothing if somebody has opened the rules again', async () => {
    const account = await closed();
    account.ec2.put(group([{ ...SSH, id: 'sgr-0000000000000abcd' }]));
    const result = expected(await exemptRemediation(leaving(account.id), account.grantCell), 'left-open');
    expect(result.exemptions).toMatchObject([{ scope: { groupId: GROUP }, until: account.clock.at + DAY }]);
    expect(account.granted).toEqual([]);
  });

  it('covers exactly the rules of a waiting plan, notifies people once, and prevents the removal', async () => {
    const account = await pending();
    const { exemptions } = expected(await exemptRemediation(leaving(account.id), account.grantCell), 'left-open');
    expect(new Set(exemptions.map(({ scope }) => scope.content)).size).toBe(2);
    expect(exemptions.every(({ scope, owner }) => scope.groupId === GROUP && owner === 'bob')).toBe(true);
    expect(account.news).toMatchObject([{ what: 'exempted', others: 1 }]);
    account.clock.at += DAY / 2;
    const scope = { by: 'group-id', ids: [GROUP] } as const;
    await account.run(change([], { id: 'sweep', trigger: 'sweep', scope, added: { kind: 'unknown' } }));
    expect(account.left()).toHaveLength(2);
  });

  it('is refused for an unknown remediation and for invalid terms', async () => {
    const { id, grantCell } = await closed();
    expect(await exemptRemediation(leaving('0'.repeat(26)), grantCell)).toMatchObject({ kind: 'refused' });
    expect(await exemptRemediation(leaving(id, 0), grantCell)).toMatchObject({ kind: 'refused' });
  });

  it('ends in the same exemptions and one message, whichever call fails', async () => {
    const calls = await underEveryFault({
      make: pending,
      run: async ({ id, grantCell }, wrap, attempt) =>
        await exemptRemediation(leaving(id), through(grantCell, wrap, attempt)),
      check: async (account) => {
        expect(await account.exemptions.active([GROUP])).toHaveLength(2);
        expect(account.heard()).toHaveLength(1);
      },
    });
    expect(calls).toBeGreaterThanOrEqual(5);
  });
});
