import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROLE_KEY } from '../../infra/local/cell/run-cell.ts';
import type { Fault } from '../../infra/local/faults.ts';
import { textForProtocol } from '../../infra/local/services/sns.ts';
import { commandClient } from '../../shared/adapters/aws/lambda.ts';
import { signedIn } from '../../shared/adapters/aws/sts.ts';
import { doorName } from '../../shared/catalogue.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import { wrapReevaluationRequest } from '../../shared/events/requests/internal-request.ts';
import { REGION } from './requests.ts';
import { openShop, tcp } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;
let send: (command: Command) => Promise<CommandResult>;

/** The owner of the key that signs commands. */
const by = {
  name: 'on-change',
  arn: 'arn:aws:sts::111122223333:assumed-role/Portcullis/on-change',
  through: 'command-line',
} as const;
const reason = 'ticket A-1';
const exempt = { days: 7, owner: 'team-web' };

beforeAll(async () => {
  shop = await openShop();
  send = commandClient(
    shop.settings(ROLE_KEY),
    doorName('onGrant', 'requests'),
    signedIn(shop.settings(ROLE_KEY), shop.machine).prove,
  );
});
afterAll(async () => await shop.close());
beforeEach(() => {
  shop.local.calls.length = 0;
  shop.local.faults.length = 0;
});

function messagesSince(count: number) {
  return shop.local.messages.slice(count).map((message) => textForProtocol('email', message));
}

/** A rule as EC2 describes it, without its id. */
function withoutId(rule: SecurityGroupRule) {
  return {
    ...rule,
    SecurityGroupRuleId: undefined,
    SecurityGroupRuleArn: undefined,
  };
}

async function rulesIn(groupId: string): Promise<readonly SecurityGroupRule[]> {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  return (await shop.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }))).SecurityGroupRules ?? [];
}

async function contents(groupId: string) {
  return (await rulesIn(groupId)).map(withoutId).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

async function openIn(groupId: string) {
  return (await rulesIn(groupId)).filter(({ IsEgress }) => !IsEgress);
}

let made = 0;

async function newGroup(): Promise<string> {
  const { groups } = shop.local.account.region(REGION);
  const VpcId = [...groups.values()].find(({ name }) => name === 'web')?.vpcId ?? '';
  const command = new CreateSecurityGroupCommand({ GroupName: `case-${made++}`, Description: 'case', VpcId });
  return (await shop.ec2.send(command)).GroupId ?? '';
}

/** A rule that somebody opened and Portcullis closed. */
interface Closed {
  readonly groupId: string;
  /** Rules of the group while the rule was open. */
  readonly before: unknown;
  /** Id of the remediation. */
  readonly id: string;
}

/** Opens SSH to the world in a new group, with a description and tags, and waits for the removal. */
async function closed(): Promise<Closed> {
  const groupId = await newGroup();
  const Tags = [
    { Key: 'ticket', Value: 'A-1' },
    { Key: 'owner', Value: 'web' },
  ];
  const command = new AuthorizeSecurityGroupIngressCommand({
    GroupId: groupId,
    IpPermissions: [{ ...tcp(22), IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'ssh (until June)' }] }],
    TagSpecifications: [{ ResourceType: 'security-group-rule', Tags }],
  });
  let before: unknown;
  const stop = shop.local.beforeCall(async (_service, operation) => {
    if (operation !== 'RevokeSecurityGroupIngress' || before !== undefined) return;
    before = 'reading';
    before = await contents(groupId);
  });
  await shop.ec2.send(command);
  await shop.delivery.drain();
  stop();
  const listed = await send({ do: 'list', what: 'remediations', most: 50 });
  const lines = listed.kind === 'remediations' ? listed.lines : [];
  const id = lines.find((line) => line.groupId === groupId)?.id ?? '';
  shop.local.calls.length = 0;
  return { groupId, before, id };
}

function restoreOf(id: string, more: object = { exempt }): Command {
  return {
    do: 'restore',
    id,
    dryRun: false,
    ...more,
    by,
    reason,
  };
}

describe('restore, through the real SDK and the bundled functions', () => {
  it('restores a group that is identical except for the rule’s id, and the rule stays', async () => {
    const { groupId, before, id } = await closed();
    expect(await openIn(groupId)).toEqual([]);
    expect(await send(restoreOf(id))).toMatchObject({
      kind: 'restored',
      followUp: { by: { ...by, verified: true }, reason, refused: [] },
    });
    await shop.delivery.drain();
    expect(await contents(groupId)).toEqual(before);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('done twice, returns the first result and grants nothing', async () => {
    const { groupId, id } = await closed();
    expect(await send(restoreOf(id))).toMatchObject({ kind: 'restored', standing: [] });
    const stands = await openIn(groupId);
    const again = await send(restoreOf(id));
    expect(again).toMatchObject({ kind: 'restored', standing: [stands[0]?.SecurityGroupRuleId] });
    expect(await openIn(groupId)).toEqual(stands);
  });

  it('refuses what would violate again, and changes nothing in a dry run', async () => {
    const { groupId, id } = await closed();
    expect(await send(restoreOf(id, {}))).toMatchObject({ kind: 'refused' });
    const tried = await send(restoreOf(id, { exempt, dryRun: true }));
    expect(tried).toMatchObject({ kind: 'restored', dryRun: true });
    expect(await openIn(groupId)).toEqual([]);
  });

  it('reports an invalid command with the reason', async () => {
    const odd: unknown = { do: 'restore', id: 'x', dryRun: 'no', by, reason };
    await expect(send(odd as Command)).rejects.toThrow(
      'Portcullis-on-grant:requests: EventUnreadable: event: command.dryRun: expected true or false',
    );
  });
});

/** Distinct calls of the function for one restore. */
async function callsOf(): Promise<readonly (readonly [Fault['service'], string])[]> {
  const { id } = await closed();
  await send(restoreOf(id));
  const calls = shop.local.calls.filter(({ accessKeyId }) => accessKeyId === ROLE_KEY);
  const names = calls.map(({ service, operation }) => [service, operation] as const);
  await shop.delivery.drain();
  return [...new Map(names.map((one) => [one.join(' '), one])).values()];
}

describe('a restore that fails at any of its calls', () => {
  it.each([
    ['is refused there', { kind: 'unauthorized', times: 1 }],
    ['gets no answer after the effect', { kind: 'reset-after', times: 5 }],
    ['gets no answer and has no effect', { kind: 'reset-before', times: 5 }],
  ] as const)('and %s, ends in the same group when it is asked again', async (_what, broken) => {
    const calls = await callsOf();
    expect(calls.map(([, operation]) => operation)).toContain('AuthorizeSecurityGroupIngress');
    for (const [service, operation] of calls) {
      const { groupId, before, id } = await closed();
      shop.local.faults.push({ service, operation, ...broken });
      const first = await send(restoreOf(id)).then(
        ({ kind }) => kind,
        (error: unknown) => (error instanceof CallFailed ? 'failed' : String(error)),
      );
      shop.local.faults.length = 0;
      await shop.delivery.drain();
      const again = await send(restoreOf(id));
      await shop.delivery.drain();
      // If STS refuses the proof, the command is answered with a refusal.
      expect([service === 'sts' ? 'refused' : 'restored', 'failed']).toContain(first);
      expect([operation, again]).toMatchObject([operation, { kind: 'restored' }]);
      expect([operation, await contents(groupId)]).toEqual([operation, before]);
    }
    expect(shop.delivery.failures).toEqual([]);
  });
});

describe('a pending plan', () => {
  it('is approved by a person, and then its rules are closed', async () => {
    const { groups } = shop.local.account.region(REGION);
    const group = [...groups.values()].find(({ name }) => name === 'default');
    const ask = { do: 'look', groupIds: [group?.id ?? ''], region: REGION } as const;
    shop.local.functions.invokeLater(doorName('onChange', 'requests'), REGION, wrapReevaluationRequest(ask));
    await shop.delivery.drain();
    const pending = await send({ do: 'list', what: 'pending', most: 10 });
    if (pending.kind !== 'remediations') throw new Error(`listed ${pending.kind}`);
    expect(pending.lines).toMatchObject([{ status: 'pending', groupId: group?.id }]);
    const id = pending.lines[0]?.id ?? '';
    expect(await send({ do: 'approve', id, by, reason })).toMatchObject({ kind: 'answered', first: true });
    await shop.delivery.drain();
    expect(await shop.rules('default')).toEqual([]);
    expect(await send({ do: 'decline', id, by, reason })).toMatchObject({ verdict: 'released', first: false });
  });
});

describe('a request that is not in the ledger', () => {
  it.each(['release', 'take-back'] as const)('to %s is refused', async (what) => {
    const groupId = await newGroup();
    await shop.delivery.drain();
    shop.local.calls.length = 0;
    const request = wrapReevaluationRequest({ do: what, groupId, planId: 'made-up' });
    expect(await shop.invoke('onChange', request)).toEqual([]);
    expect(shop.local.calls.filter(({ service }) => service !== 'dynamodb')).toEqual([]);
  });
});

describe('on-schedule', () => {
  it('notifies once of an exemption that ends within a day', async () => {
    const { id } = await closed();
    await send(restoreOf(id, { exempt: { days: 1, owner: 'team-web' } }));
    await shop.delivery.drain();
    const told = shop.local.messages.length;
    await shop.tick();
    expect(messagesSince(told)).toEqual([expect.stringContaining('team-web')]);
    await shop.tick();
    expect(messagesSince(told)).toHaveLength(1);
  });
});
