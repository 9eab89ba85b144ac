import type { Handover } from '../../../domain/grants.ts';
import type { Ports, SecurityGroups } from '../../../domain/ports.ts';
import type { Trail } from '../../../domain/requests/confirmation.ts';
import type { ClientSettings } from '../clients/client-settings.ts';
import { ec2Clients } from '../clients/clients.ts';
import type { LedgerCell } from '../dynamodb/ledger/ledger.ts';
import { securityGroups } from '../ec2/security-groups.ts';
import { lazily, lazyPort } from '../lazily.ts';
import type { NoticeCell } from '../sns/notices.ts';

/** What a function knows about its cell. */
export interface Cell extends NoticeCell, LedgerCell {
  readonly switchParameter: string;
}

/** The security groups of each region, through one client for each. */
export const groupsByRegion = (clients: ClientSettings): ((region: string) => SecurityGroups) => {
  const ec2 = ec2Clients(clients);
  return (region) => securityGroups(ec2(region));
};

/** What the cell remembers: one client for all of it, loaded by the first that is asked, and each part's code by its own first call. */
const memory = (
  cell: Cell,
): Pick<Ports, 'ledger' | 'budget' | 'exemptions' | 'episodes' | 'records' | 'storms' | 'confirmations'> => {
  const table = lazily(async () => (await import('../dynamodb/ledger/ledger.ts')).tableOf(cell));
  return {
    ledger: lazyPort(
      async () => (await import('../dynamodb/ledger/ledger.ts')).ledger(await table()),
      ['reserve', 'find', 'settle', 'entries', 'unsettled'],
    ),
    budget: lazyPort(async () => (await import('../dynamodb/budget/budget.ts')).budgetAccount(await table()), ['take']),
    exemptions: lazyPort(
      async () => (await import('../dynamodb/exemptions/exemptions.ts')).exemptionsIn(await table()),
      ['live', 'put'],
    ),
    episodes: lazyPort(
      async () => (await import('../dynamodb/episodes/episodes.ts')).episodesIn(await table()),
      ['record', 'of'],
    ),
    confirmations: lazyPort(
      async () => (await import('../dynamodb/confirmations.ts')).confirmationsTo(await table()),
      ['wait'],
    ),
    records: lazyPort(
      async () => (await import('../dynamodb/group-records/group-records.ts')).groupRecordsIn(await table()),
      ['of', 'begin', 'change', 'lookAgain'],
    ),
    storms: lazyPort(async () => (await import('../dynamodb/bursts/bursts.ts')).stormsIn(await table()), ['admit']),
  };
};

/** CloudTrail's event history. Few events have something to be confirmed, so the client loads late. */
export const lazyTrail = (clients: ClientSettings): Trail =>
  lazyPort(async () => {
    const { trailClients, trailIn } = await import('../cloudtrail/trail.ts');
    return trailIn(trailClients(clients));
  }, ['changeOf']);

/**
 * The cell's state and voice: make these once per container. Only EC2's client is loaded at start; the others load while EC2's
 * first answer is under way (cold import of on-change on one core: 29 ms, with all four clients 38).
 */
export const cellPorts = (
  cell: Cell,
): Pick<
  Ports,
  | 'ledger'
  | 'budget'
  | 'exemptions'
  | 'episodes'
  | 'records'
  | 'storms'
  | 'confirmations'
  | 'trail'
  | 'notices'
  | 'switch'
> => ({
  ...memory(cell),
  trail: lazyTrail(cell.clients),
  notices: lazyPort(async () => (await import('../sns/cell-notices.ts')).cellNotices(cell), ['publish', 'announce']),
  switch: lazyPort(async () => {
    const { runtimeSwitch, switchClient } = await import('../ssm/switch.ts');
    return runtimeSwitch(switchClient(cell.clients), cell.switchParameter, cell);
  }, ['ceiling']),
});

/** Hands removals on to the function of this name. Few removals have something to be granted after them, so the client loads late. */
export const handoverTo = (functionName: string, clients: ClientSettings): Handover =>
  lazyPort(async () => {
    const [{ functionsClient }, { handover }] = await Promise.all([
      import('../lambda/invoke.ts'),
      import('../lambda/handover.ts'),
    ]);
    return handover(functionsClient(clients), functionName);
  }, ['follow']);
