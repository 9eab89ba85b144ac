import { AuthorizeSecurityGroupIngressCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { create } from '../../functions/on-change/handler.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import { telemetryTo } from '../../infra/local/cell/containers.ts';
import { createLedgerTable, createNoticesTopic } from '../../infra/local/cell/provision.ts';
import { textForProtocol } from '../../infra/local/services/sns.ts';
import { startLocalAccount } from '../../infra/local/start.ts';
import { VirtualClock } from '../../infra/local/time/virtual-clock.ts';
import { CLIENT_SETTINGS } from '../../shared/adapters/aws/clients/settings.ts';
import { ENVIRONMENT, STACK_NAME, switchParameter } from '../../shared/catalogue.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { seeded, vpcWithGroup } from '../infra/local/local-client.ts';

const REGION = 'eu-west-1';

interface CellSettings {
  readonly accountId: string;
  readonly ledger: string;
  /** How far the control of SSH may go. */
  readonly mode: 'enforce' | 'alert';
  readonly now: number;
}

/**
 * An account with on-change in it, by a runtime of its own. Every account has the same ids, because their
 * randomness has the same seed: what one cell remembered of its groups, rules or events, another one would
 * take for its own.
 */
async function startCell({ accountId, ledger, mode, now }: CellSettings) {
  const clock = new VirtualClock(now);
  const random = seeded(1);
  const local = await startLocalAccount({ accountId, region: REGION, clock, random, transport: 'in-process' });
  const own = (accessKeyId: string) => ({ ...local.clientSettings({ accessKeyId }) });
  const role = own(`AKIAROLE${accountId}`);
  await createLedgerTable(role, ledger);
  const runtime: Runtime = {
    environment: {
      [ENVIRONMENT.ledgerTable]: ledger,
      [ENVIRONMENT.noticesTopic]: await createNoticesTopic(role),
      [ENVIRONMENT.switchParameter]: switchParameter(STACK_NAME),
      [ENVIRONMENT.grantFunction]: 'on-grant',
    },
    policy: compilePolicy(
      `version: 1\npreset: observe\ncontrols: {world-open-admin: ${mode}}\n`,
      'portcullis.yaml',
      CONTROLS,
    ),
    clock,
    random: seeded(2),
    clients: { ...CLIENT_SETTINGS, ...role },
    fetch: async () => await Promise.reject(new Error('nothing is fetched')),
    ...telemetryTo(() => undefined),
  };
  vi.spyOn(runtime.metrics, 'publishStoredMetrics').mockReturnValue(runtime.metrics);
  const counted: string[] = [];
  vi.spyOn(runtime.metrics, 'addMetric').mockImplementation((name, _unit, value) => {
    counted.push(`${name} ${value}`);
    return runtime.metrics;
  });
  local.functions.deploy({ name: 'on-change', aliases: { events: {} }, target: create(runtime), timeoutMs: 60_000 });
  const ec2 = new EC2Client(own('AKIASOMEBODY00000000'));
  const { groupId } = await vpcWithGroup(ec2);
  const open = async () => {
    const world = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [world] }));
    return local.events.at(-1);
  };
  const ask = async (event: unknown) => await local.functions.invoke('on-change:events', REGION, event);
  return { local, groupId, open, ask, counted, ownKey: role.credentials.accessKeyId };
}

type Cell = Awaited<ReturnType<typeof startCell>>;

let shop: Cell;
let bank: Cell;

beforeEach(async () => {
  // Nobody may look here: each cell has settings of its own.
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', ...Object.values(ENVIRONMENT)])
    vi.stubEnv(name, undefined);
  [shop, bank] = await Promise.all([
    startCell({ accountId: '111122223333', ledger: 'shop', mode: 'enforce', now: Date.parse('2026-05-01T12:00Z') }),
    startCell({ accountId: '444455556666', ledger: 'bank', mode: 'alert', now: Date.parse('2031-01-01T00:00Z') }),
  ]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([shop.local.close(), bank.local.close()]);
});

function openPorts({ local, groupId }: Cell) {
  return [...local.account.region(REGION).rules.values()].flatMap((rule) =>
    rule.direction === 'ingress' && rule.groupId === groupId ? [rule.fromPort] : [],
  );
}

describe('two cells in one process, of the same module', () => {
  it('each follow their own policy, on their own account', async () => {
    const events = [await shop.open(), await bank.open()];
    expect(shop.groupId).toBe(bank.groupId);
    const outcomes = await Promise.all([shop.ask(events[0]), bank.ask(events[1])]);
    expect(outcomes).toEqual([{ value: ['done'] }, { value: ['reported'] }]);
    expect([openPorts(shop), openPorts(bank)]).toEqual([[], [22]]);
  });

  it('each tell of their own account, at their own time, in their own ledger', async () => {
    await Promise.all([shop, bank].map(async (cell) => await cell.ask(await cell.open())));
    const told = ({ local }: Cell) => local.messages.map((message) => textForProtocol('email', message));
    expect(told(shop)).toEqual([expect.stringMatching(/^Closed .*111122223333.*2026-05-01T12:00:00/s)]);
    expect(told(bank)).toEqual([expect.stringMatching(/444455556666.*2031-01-01T00:00:00/s)]);
    const tables = ({ local }: Cell) => new Set(local.calls.flatMap(({ input }) => Object(input).TableName ?? []));
    expect([tables(shop), tables(bank)]).toEqual([new Set(['shop']), new Set(['bank'])]);
  });

  it('share no client and no credentials', async () => {
    await shop.ask(await shop.open());
    expect(bank.local.calls.filter(({ operation }) => /^(Describe|Revoke)SecurityGroup/.test(operation))).toEqual([]);
    await bank.ask(await bank.open());
    for (const { local, ownKey } of [shop, bank])
      expect(new Set(local.calls.map(({ accessKeyId }) => accessKeyId))).toEqual(
        new Set([ownKey, 'AKIASOMEBODY00000000']),
      );
  });

  it('count separately', async () => {
    await shop.ask(await shop.open());
    expect(shop.counted).toContain('RulesRevoked 1');
    expect(bank.counted).toEqual([]);
  });
});
