import type { SecurityGroups } from '../../../domain/ec2.ts';
import type { GrantQueue } from '../../../domain/invocations.ts';
import type { CloudTrailHistory } from '../../../domain/ledger.ts';
import type { RemediationPorts } from '../../../domain/ports.ts';
import { type ClientSettings, ec2Clients } from '../clients/settings.ts';
import type { LedgerCell } from '../dynamodb/table.ts';
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

type LedgerPorts = 'ledger' | 'budget' | 'exemptions' | 'episodes' | 'records' | 'bursts' | 'confirmations';

/** The stores of the ledger's table. They share a client, and the first call of a store loads its code. */
function ledgerPorts(cell: CellSettings): Pick<RemediationPorts, LedgerPorts> {
  const table = lazily(async () => (await import('../dynamodb/table.ts')).tableOf(cell));
  return {
    ledger: lazyPort(async () => (await import('../dynamodb/ledger/ledger.ts')).ledgerIn(await table())),
    budget: lazyPort(async () => (await import('../dynamodb/budget.ts')).budgetIn(await table())),
    exemptions: lazyPort(async () => (await import('../dynamodb/exemptions.ts')).exemptionsIn(await table())),
    episodes: lazyPort(async () => (await import('../dynamodb/episodes.ts')).episodesIn(await table())),
    confirmations: lazyPort(async () => (await import('../dynamodb/confirmations.ts')).confirmationsIn(await table())),
    records: lazyPort(async () => (await import('../dynamodb/group-records.ts')).groupRecordsIn(await table())),
    bursts: lazyPort(async () => (await import('../dynamodb/bursts.ts')).burstsIn(await table())),
  };
}

/** CloudTrail's event history. Few events need a confirmation, so the client loads late. */
export function lazyTrail(clients: ClientSettings): CloudTrailHistory {
  return lazyPort(async () => {
    const { trailClients, trailIn } = await import('../cloudtrail.ts');
    return trailIn(trailClients(clients));
  });
}

/**
 * The ports of a cell apart from EC2: make them once per container. Only EC2's client is loaded at start. The
 * others load while EC2's first answer is on its way (cold import of on-change on one core: 29 ms; with all
 * four clients 38 ms).
 */
export function cellPorts(
  cell: CellSettings,
): Pick<RemediationPorts, LedgerPorts | 'trail' | 'notifier' | 'runtimeSwitch'> {
  return {
    ...ledgerPorts(cell),
    trail: lazyTrail(cell.clients),
    notifier: lazyPort(async () => (await import('../sns.ts')).cellNotifier(cell)),
    runtimeSwitch: lazyPort(async () => {
      const { runtimeSwitch, switchClient } = await import('../ssm.ts');
      return runtimeSwitch(switchClient(cell.clients), cell.switchParameter, cell);
    }),
  };
}

/**
 * Requests grants after removals from the function of this name. Few removals need grants, so the client
 * loads late.
 */
export function grantQueueTo(functionName: string, clients: ClientSettings): GrantQueue {
  return lazyPort(async () => {
    const { functionsClient, grantQueue } = await import('../lambda.ts');
    return grantQueue(functionsClient(clients), functionName);
  });
}
