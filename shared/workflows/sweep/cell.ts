import type { GroupInventory, Networks } from '../../domain/ec2.ts';
import type { GroupRecords } from '../../domain/group-record.ts';
import type { SweepQueue } from '../../domain/invocations.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GrantPorts } from '../../domain/ports.ts';

/** The ports of a sweep. It reads, notifies people and requests evaluations; it removes nothing itself. */
interface SweepPorts {
  readonly census: (region: string) => GroupInventory;
  readonly networks: (region: string) => Networks;
  readonly sweepQueue: SweepQueue;
  readonly ledger: Pick<GrantPorts['ledger'], 'waiting'>;
  readonly exemptions: Pick<GrantPorts['exemptions'], 'all'>;
  readonly records: Pick<GroupRecords, 'get' | 'begin' | 'change'>;
  readonly notifier: Pick<GrantPorts['notifier'], 'notify'>;
  readonly reevaluation: Pick<GrantPorts['reevaluation'], 'requestEvaluation'>;
  readonly runtimeSwitch: GrantPorts['runtimeSwitch'];
  readonly clock: GrantPorts['clock'];
}

/** What one invocation of a sweep works with. */
export interface SweepCell {
  readonly policy: Policy;
  readonly account: string;
  /** The regions of a new sweep. */
  readonly regions: readonly string[];
  /** Time that is left for the invocation, ms. */
  readonly remainingMs: () => number;
  readonly ports: SweepPorts;
}
