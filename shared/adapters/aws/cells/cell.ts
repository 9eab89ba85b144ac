import type { SecurityGroups } from '../../../domain/ec2.ts';
import type { GrantQueue } from '../../../domain/invocations.ts';
import type { CloudTrailHistory } from '../../../domain/ledger.ts';
import type { RemediationPorts } from '../../../domain/ports.ts';
import { type ClientSettings, ec2Clients } from '../clients/settings.ts';
import type { LedgerCell } from '../dynamodb/ledger/ledger.ts';
import { securityGroups } from '../ec2/snapshot.ts';
import { lazily, lazyPort } from '../lazily.ts';
import type { NoticeCell } from '../sns.ts';

/** What a function knows about its cell. */
export interface CellSettings extends NoticeCell, LedgerCell {
  readonly switchParameter: string;
}

/** The security groups of each region, through one client for each. */
export function groupsByRegion(clients: ClientSettings): (region: string) => SecurityGroups {
  const ec2 = ec2Clients(clients);
  return (region) => securityGroups(ec2(region));
}

/** What the cell remembers: one client for all of it, loaded by the first that is asked, and each part's code by its own first call. */
function memory(
  cell: CellSettings,
): Pick<RemediationPorts, 'ledger' | 'budget' | 'exemptions' | 'episodes' | 'records' | 'storms' | 'confirmations'> {
  const table = lazily(async () => (await import('../dynamodb/ledger/ledger.ts')).tableOf(cell));
  return {
    ledger: lazyPort(
      async () => (await import('../dynamodb/ledger/ledger.ts')).ledger(await table()),
      ['reserve', 'find', 'settle', 'entries', 'unsettled'],
    ),
    budget: lazyPort(async () => (await import('../dynamodb/budget.ts')).budgetIn(await table()), ['spend']),
    exemptions: lazyPort(
      async () => (await import('../dynamodb/exemptions.ts')).exemptionsIn(await table()),
      ['active', 'put'],
    ),
    episodes: lazyPort(
      async () => (await import('../dynamodb/episodes.ts')).episodesIn(await table()),
      ['record', 'of'],
    ),
    confirmations: lazyPort(
      async () => (await import('../dynamodb/confirmations.ts')).confirmationsTo(await table()),
      ['add'],
    ),
    records: lazyPort(
      async () => (await import('../dynamodb/group-records.ts')).groupRecordsIn(await table()),
      ['get', 'begin', 'change', 'scheduleRecheck'],
    ),
    storms: lazyPort(async () => (await import('../dynamodb/bursts.ts')).burstsIn(await table()), ['admit']),
  };
}

/** CloudTrail's event history. Few events have something to be confirmed, so the client loads late. */
export function lazyTrail(clients: ClientSettings): CloudTrailHistory {
  return lazyPort(async () => {
    const { trailClients, trailIn } = await import('../cloudtrail.ts');
    return trailIn(trailClients(clients));
  }, ['findChange']);
}

/**
 * The cell's state and voice: make these once per container. Only EC2's client is loaded at start; the others load while EC2's
 * first answer is under way (cold import of on-change on one core: 29 ms, with all four clients 38).
 */
export function cellPorts(
  cell: CellSettings,
): Pick<
  RemediationPorts,
  | 'ledger'
  | 'budget'
  | 'exemptions'
  | 'episodes'
  | 'records'
  | 'storms'
  | 'confirmations'
  | 'trail'
  | 'notifier'
  | 'runtimeSwitch'
> {
  return {
    ...memory(cell),
    trail: lazyTrail(cell.clients),
    notifier: lazyPort(async () => (await import('../sns.ts')).cellNotices(cell), ['publish', 'notify']),
    runtimeSwitch: lazyPort(async () => {
      const { runtimeSwitch, switchClient } = await import('../ssm.ts');
      return runtimeSwitch(switchClient(cell.clients), cell.switchParameter, cell);
    }, ['ceiling']),
  };
}

/** Hands removals on to the function of this name. Few removals have something to be granted after them, so the client loads late. */
export function grantQueueTo(functionName: string, clients: ClientSettings): GrantQueue {
  return lazyPort(async () => {
    const [{ functionsClient }, { grantQueue: handover }] = await Promise.all([
      import('../lambda.ts'),
      import('../lambda.ts'),
    ]);
    return handover(functionsClient(clients), functionName);
  }, ['requestGrants']);
}
