import type { Policy } from '../../domain/controls/policy.ts';
import type { GrantPorts } from '../../domain/grants.ts';
import type { GroupRecords } from '../../domain/group-record.ts';
import type { Census, Networks, SweepRelay } from '../../domain/sweep.ts';

/** What a sweep needs from outside. It reads, tells people, and has groups looked at: it removes nothing itself. */
interface SweepPorts {
  readonly census: (region: string) => Census;
  readonly networks: (region: string) => Networks;
  readonly relay: SweepRelay;
  readonly register: Pick<GrantPorts['register'], 'waiting'>;
  readonly exemptions: Pick<GrantPorts['exemptions'], 'all'>;
  readonly records: Pick<GroupRecords, 'of' | 'begin' | 'change'>;
  readonly notices: Pick<GrantPorts['notices'], 'announce'>;
  readonly reexamine: Pick<GrantPorts['reexamine'], 'look'>;
  readonly switch: GrantPorts['switch'];
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
