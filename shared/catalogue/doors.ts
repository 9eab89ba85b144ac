/**
 * A door is an alias of a function. IAM and resource policies permit each alias separately, and Lambda passes
 * the alias to the function. So the alias identifies the caller, and the payload does not need to.
 *
 * `events`: for AWS services. Their payload is an event, which may count as a fresh change.
 * `requests`: for functions of the cell and for people. A request names groups or a ledger entry, and proves
 * nothing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
 */
export type Door = 'events' | 'requests';

/** The settings of a door. An alias does not inherit the function's settings for asynchronous invocations. */
export interface DoorSpec {
  /** The callers, for the alias's description and for the error about an invocation without a door. */
  readonly from: string;
  /** Retries of a failed asynchronous invocation, 0 to 2. */
  readonly retries: number;
  /** How long Lambda keeps an asynchronous invocation while there is no capacity, minutes. */
  readonly maxAgeMinutes: number;
}

const PATIENT = { retries: 2, maxAgeMinutes: 360 } as const;

/**
 * The doors of each function. A function with doors refuses an invocation without an alias.
 *
 * Two functions have no doors. AWS Config cannot invoke an alias, so AWS Config and EventBridge invoke
 * on-config by its bare ARN. on-action checks each call itself: Slack's signature, or that the action request
 * is recorded.
 *
 * @see https://github.com/cloud-custodian/cloud-custodian/blob/main/c7n/mu.py (ConfigRule: AWS Config supports no aliases)
 */
export const DOORS = {
  onChange: {
    events: { from: "EventBridge's rules for CloudTrail's events", ...PATIENT },
    requests: { from: 'other functions of the cell and portcullis redrive', ...PATIENT },
  },
  onGrant: {
    requests: { from: 'other functions of the cell and the command line', ...PATIENT },
  },
  onSchedule: {
    events: { from: "EventBridge's schedules", ...PATIENT },
    requests: { from: 'on-schedule itself and portcullis redrive', ...PATIENT },
  },
  onAlert: {
    events: { from: 'the alert queue', ...PATIENT },
    // portcullis redrive waits for the response and retries by itself.
    requests: { from: 'portcullis redrive', retries: 0, maxAgeMinutes: 1 },
  },
} as const satisfies Readonly<Record<string, Partial<Readonly<Record<Door, DoorSpec>>>>>;

/** A function with doors. */
export type FunctionWithDoors = keyof typeof DOORS;

/** The doors of a function. */
export type DoorOf<Id extends FunctionWithDoors> = keyof (typeof DOORS)[Id] & Door;
