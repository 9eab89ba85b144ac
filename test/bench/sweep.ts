import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { EC2Client } from '@aws-sdk/client-ec2';
import { InMemoryGroupRecords } from '../../cli/commands/simulate/in-memory-stores.ts';
import { startLocalAccount } from '../../infra/local/start.ts';
import { census } from '../../shared/adapters/aws/ec2/list-groups.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { sweep } from '../../shared/workflows/sweep/sweep.ts';
import { GUARD } from '../remediation/cell.ts';

const REGION = 'eu-west-1';

/** One in this many groups is open to the world by mistake. */
const OPEN_EVERY = 50;

function estateOf(groups: number, rules: number) {
  return {
    prefixLists: [{ name: 'partners', addressFamily: 'IPv4' as const, entries: ['203.0.113.0/24'] }],
    vpcs: [
      {
        name: 'main',
        cidr: '10.0.0.0/8',
        groups: Array.from({ length: groups }, (_, index) => ({
          name: `service-${index}`,
          description: `service-${index}`,
          rules: Array.from({ length: rules - 1 }, (_each, nth) => ({
            direction: 'ingress' as const,
            protocol: 'tcp',
            ports: index % OPEN_EVERY === 0 && nth === 0 ? 22 : 1000 + nth,
            source:
              index % OPEN_EVERY === 0 && nth === 0 ? '0.0.0.0/0' : nth === 1 ? 'pl:partners' : `10.${nth}.0.0/24`,
          })),
        })),
      },
    ],
  };
}

/** The account runs in its own process, so that memory and time of this process are those of the sweep. */
async function serve(groups: number, rules: number): Promise<void> {
  const local = await startLocalAccount({ region: REGION, estate: estateOf(groups, rules) });
  process.send?.(local.endpoint);
}

async function endpointOf(server: ReturnType<typeof fork>): Promise<string> {
  const [endpoint] = await once(server, 'message');
  return String(endpoint);
}

/** A client that counts its calls by name and the time that they take. */
function counting(endpoint: string) {
  const credentials = { accessKeyId: 'AKIABENCH00000000000', secretAccessKey: 'not-checked' };
  const ec2 = new EC2Client({ endpoint, region: REGION, credentials, requestHandler: { requestTimeout: 60_000 } });
  const calls = new Map<string, number>();
  ec2.middlewareStack.add((next, { commandName = '' }) => async (args) => {
    calls.set(commandName, (calls.get(commandName) ?? 0) + 1);
    return await next(args);
  });
  return { ec2, calls };
}

async function sweepOnce(ec2: EC2Client) {
  const policy: Policy = { ...GUARD, budget: { removalsPerHour: 20, sweepShare: 1 } };
  const ports = {
    census: () => census(ec2),
    networks: () => ({ cidrs: async () => new Map() }),
    sweepQueue: { continueSweep: async () => await Promise.reject(new Error('there is time enough')) },
    ledger: { waiting: async () => [] },
    exemptions: { all: async () => [] },
    records: new InMemoryGroupRecords({ now: Date.now }),
    notifier: { notify: async () => {} },
    reevaluation: { requestEvaluation: async () => {} },
    runtimeSwitch: { ceiling: async () => 'enforce' as const },
    clock: { now: Date.now, sleep: async (ms: number) => await sleep(ms) },
  };
  const cell = { policy, account: '111122223333', regions: [REGION], remainingMs: () => 300_000, ports };
  return await sweep({ do: 'sweep', digest: true }, cell);
}

/**
 * `node test/bench/sweep.ts [--groups 10000] [--rules 20]`: a sweep over HTTP of an account on this machine.
 */
if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      groups: { type: 'string', default: '10000' },
      rules: { type: 'string', default: '20' },
      serve: { type: 'boolean', default: false },
    },
  });
  const [groups, rules] = [Number(values.groups), Number(values.rules)];
  if (values.serve) await serve(groups, rules);
  else {
    const server = fork(import.meta.filename, ['--serve', '--groups', values.groups, '--rules', values.rules]);
    const { ec2, calls } = counting(await endpointOf(server));
    const [begun, cpu] = [performance.now(), process.cpuUsage()];
    const done = await sweepOnce(ec2);
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    console.log(`${done.groups} groups × ${rules} rules, ${done.concerns} of concern`);
    for (const [name, count] of calls) console.log(`${name}: ${count}`);
    console.log(`${seconds.toFixed(2)} s, of which ${((user + system) / 1e6).toFixed(2)} s of processor time`);
    console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
    ec2.destroy();
    server.kill();
  }
}
