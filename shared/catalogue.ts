import type { PortMethod } from './aws/permissions.ts';
import { CONTROLS } from './controls/registry.ts';
import type { Trigger } from './model/change.ts';
import { SERVICE_CALLS } from './readers/cloudtrail-calls.ts';

export { LEDGER_TABLE } from './aws/ledger-table.ts';
export { type Grant, PERMISSIONS, type PortMethod, type Resource, RUNTIME_PERMISSIONS } from './aws/permissions.ts';
export { CONTROLS } from './controls/registry.ts';

/**
 * An EventBridge pattern over CloudTrail's records of API calls.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export type EventPattern = {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: {
    readonly eventSource: readonly string[];
    readonly eventName: readonly string[];
    readonly errorCode: readonly [{ readonly exists: false }];
  };
};

const watched = new Set(CONTROLS.flatMap((control) => control.on));

/** `ec2.amazonaws.com` sends its events as `aws.ec2`; EventBridge wants a rule's source named. */
const shortName = (service: string): string => service.replace('.amazonaws.com', '');

const patternFor = (service: string, calls: readonly string[]): EventPattern => ({
  source: [`aws.${shortName(service)}`],
  'detail-type': ['AWS API Call via CloudTrail'],
  detail: { eventSource: [service], eventName: calls, errorCode: [{ exists: false }] },
});

const watchedCalls = (calls: Readonly<Record<string, Trigger>>): readonly string[] =>
  Object.entries(calls).flatMap(([call, trigger]) => (watched.has(trigger) ? [call] : []));

/**
 * The events that bring a change to the function, by rule name, one for each service: calls whose trigger some control names. Failed
 * calls changed nothing and are left out. Nothing is asked about the caller: users and root have no session issuer, and own changes
 * are told by the ledger.
 */
export const EVENT_PATTERNS: Readonly<Record<string, EventPattern>> = Object.fromEntries(
  Object.entries(SERVICE_CALLS).flatMap(([service, table]) => {
    const calls = watchedCalls(table);
    return calls.length === 0 ? [] : [[`${shortName(service)}-changes`, patternFor(service, calls)]];
  }),
);

/** Environment variables that the functions read and the stack sets. */
export const ENVIRONMENT = {
  ledgerTable: 'LEDGER_TABLE',
  noticesTopic: 'NOTICES_TOPIC_ARN',
  switchParameter: 'SWITCH_PARAMETER',
} as const;

/** What a function is told about its cell. */
export type Setting = keyof typeof ENVIRONMENT;

/** Name of the runtime switch's parameter, unless the stack is given another. */
export const SWITCH_PARAMETER = '/portcullis/switch';

/** Namespace of the metrics, and the service by whose name logs and metrics are told apart. */
export const TELEMETRY = { namespace: 'Portcullis', service: 'portcullis' } as const;

/** One Lambda function. */
export interface FunctionSpec {
  readonly name: string;
  /** Entry point, from the project's root. */
  readonly entry: string;
  readonly purpose: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: readonly Setting[];
  /** Port methods that it calls: its role is granted what they need and nothing else. */
  readonly uses: readonly PortMethod[];
}

/** The functions of a cell. 1,769 MB is one whole vCPU: what a cold start costs is processor time. */
export const FUNCTIONS: Readonly<Record<'onChange', FunctionSpec>> = {
  onChange: {
    name: 'on-change',
    entry: 'functions/on-change.ts',
    purpose: 'Closes what a change has opened.',
    timeoutSeconds: 60,
    memoryMb: 1769,
    environment: ['ledgerTable', 'noticesTopic', 'switchParameter'],
    uses: [
      'groups.look',
      'groups.revoke',
      'ledger.reserve',
      'ledger.settle',
      'ledger.entries',
      'ledger.unsettled',
      'notices.publish',
      'switch.ceiling',
    ],
  },
};
