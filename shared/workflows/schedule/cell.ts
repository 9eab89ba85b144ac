import type { GroupRecords } from '../../domain/group-record.ts';
import type { GrantQueue } from '../../domain/invocations.ts';
import type { Confirmations } from '../../domain/ledger.ts';
import type { AlertBursts } from '../../domain/notification.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GrantPorts } from '../../domain/ports.ts';

/**
 * What one scheduled invocation works with. It can notify people, record answers and request evaluations; it
 * can never grant or remove rules.
 */
export interface ScheduleCell {
  readonly policy: Policy;
  readonly ports: Pick<GrantPorts, 'ledger' | 'exemptions' | 'notifier' | 'reevaluation' | 'trail' | 'clock'> & {
    readonly records: Pick<GroupRecords, 'dueForRecheck' | 'completeRecheck'>;
    readonly bursts: Pick<AlertBursts, 'finished' | 'remove'>;
    readonly confirmations: Pick<Confirmations, 'pending' | 'remove'>;
    readonly grantQueue: GrantQueue;
  };
}

/** What was done about one thing that was due. */
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
  /** Id of the remediation, exemption, group, event or message. */
  readonly id: string;
}
