import type { GrantPorts } from '../../model/grants.ts';
import type { Policy } from '../../model/policy.ts';

/** One invocation of the clock: it can tell people, put answers on the record, and have groups looked at again; never grant or remove. */
export interface ScheduleCell {
  readonly policy: Policy;
  readonly ports: Pick<GrantPorts, 'register' | 'exemptions' | 'notices' | 'reexamine' | 'clock'>;
}

/** What became of one thing that was due. */
export interface Done {
  readonly what: 'answered' | 'handed-on' | 'warned' | 'expired' | 'looked-again';
  /** Of the remediation, the exemption, or the group. */
  readonly id: string;
}
