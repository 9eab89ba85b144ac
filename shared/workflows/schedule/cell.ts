import type { Policy } from '../../domain/controls/policy.ts';
import type { GrantPorts, Handover } from '../../domain/grants.ts';
import type { GroupRecords } from '../../domain/group-record.ts';
import type { Storms } from '../../domain/notifications/storm.ts';
import type { Confirmations } from '../../domain/requests/confirmation.ts';

/** One invocation of the clock: it can tell people, put answers on the record, and have groups looked at again; never grant or remove. */
export interface ScheduleCell {
  readonly policy: Policy;
  readonly ports: Pick<GrantPorts, 'register' | 'exemptions' | 'notices' | 'reexamine' | 'trail' | 'clock'> & {
    readonly records: Pick<GroupRecords, 'due' | 'lookedAt'>;
    readonly storms: Pick<Storms, 'over' | 'told'>;
    readonly confirmations: Pick<Confirmations, 'waiting' | 'done'>;
    readonly handover: Handover;
  };
}

/** What became of one thing that was due. */
export interface Done {
  readonly what:
    | 'answered'
    | 'handed-on'
    | 'warned'
    | 'expired'
    | 'looked-again'
    | 'storm-told'
    | 'confirmed'
    | 'unconfirmed';
  /** Of the remediation, the exemption, the group, the event, or the message. */
  readonly id: string;
}
