import type { GroupInventory, Networks } from '../../domain/ec2.ts';
import type { GroupRecords } from '../../domain/group-record.ts';
import type { SweepQueue } from '../../domain/invocations.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GrantPorts } from '../../domain/ports.ts';

/** What a sweep needs from outside. It reads, tells people, and has groups looked at: it removes nothing itself. */
interface SweepPorts {
  readonly census: (region: string) => GroupInventory;
  readonly networks: (region: string) => Networks;
  readonly relay: SweepQueue;
  readonly ledger: Pick<GrantPorts['ledger'], 'waiting'>;
  readonly exemptions: Pick<GrantPorts['exemptions'], 'all'>;
  readonly records: Pick<GroupRecords, 'get' | 'begin' | 'change'>;
  readonly notifier: Pick<GrantPorts['notifier'], 'notify'>;
  readonly reevaluation: Pick<GrantPorts['reevaluation'], 'requestEvaluation'>;
  readonly runtimeSwitch: GrantPorts['runtimeSwitch'];
  readonly clock: GrantPorts['clock'];
}

/** One invocation at a sweep. */
export interface SweepCell {
  readonly policy: Policy;
  readonly account: string;
  /** Those that a new sweep goes through. */
  readonly regions: readonly string[];
  /** Milliseconds that the invocation still has. */
  readonly remainingMs: () => number;
  readonly ports: SweepPorts;
}
