import type { GroupRecords } from '../../domain/group-record.ts';
import type { GrantQueue } from '../../domain/invocations.ts';
import type { Confirmations } from '../../domain/ledger.ts';
import type { AlertBursts } from '../../domain/notification.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GrantPorts } from '../../domain/ports.ts';

/** One invocation of the clock: it can tell people, put answers on the record, and have groups looked at again; never grant or remove. */
export interface ScheduleCell {
  readonly policy: Policy;
  readonly ports: Pick<GrantPorts, 'ledger' | 'exemptions' | 'notifier' | 'reevaluation' | 'trail' | 'clock'> & {
    readonly records: Pick<GroupRecords, 'dueForRecheck' | 'completeRecheck'>;
    readonly storms: Pick<AlertBursts, 'finished' | 'remove'>;
    readonly confirmations: Pick<Confirmations, 'pending' | 'remove'>;
    readonly handover: GrantQueue;
  };
}

/** What became of one thing that was due. */
export interface DutyResult {
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
