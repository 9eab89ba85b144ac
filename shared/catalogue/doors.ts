/**
 * A door is an alias of a function. Lambda tells a function the alias that it was invoked by, and IAM and resource policies allow each alias
 * by itself, so the alias says who the caller is: the payload does not have to.
 *
 * `events`: only AWS services use it. What they say is taken as an event, which may count as a fresh change.
 * `requests`: functions of the cell and people use it. A request points at groups or at an entry of the ledger and proves nothing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
 */
export type Door = 'events' | 'requests';

/** One door. An alias does not inherit the function's settings for asynchronous invocations, so each door has its own. */
export interface DoorSpec {
  /** Who uses it, for the alias's description and for the error that a caller without a door gets. */
  readonly from: string;
  /** How often Lambda tries a failed asynchronous invocation again, 0 to 2 times. */
  readonly retries: number;
  /** How long Lambda keeps an asynchronous invocation while there is no capacity, minutes. */
  readonly maxAgeMinutes: number;
}

const PATIENT = { retries: 2, maxAgeMinutes: 360 } as const;

/**
 * The doors of each function that has any. The bare function, without an alias, refuses every invocation.
 *
 * Two functions have no doors. AWS Config cannot call an alias, so on-config is called by its bare ARN: AWS Config and EventBridge are its
 * only callers. on-action checks each call itself: the signature of Slack, or that a press is on the record.
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
    // portcullis redrive waits for the answer, and asks again by itself.
    requests: { from: 'portcullis redrive', retries: 0, maxAgeMinutes: 1 },
  },
} as const satisfies Readonly<Record<string, Partial<Readonly<Record<Door, DoorSpec>>>>>;

/** A function with doors. */
export type FunctionWithDoors = keyof typeof DOORS;

/** The doors of a function. */
export type DoorOf<Id extends FunctionWithDoors> = keyof (typeof DOORS)[Id] & Door;
