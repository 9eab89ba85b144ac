import type { EC2ClientConfig } from '@aws-sdk/client-ec2';

/** One of the settings that every client of the SDK has. */
type Setting<Name extends keyof EC2ClientConfig> = NonNullable<EC2ClientConfig[Name]>;

/** What every client's constructor is given. What is absent comes from the environment, as the SDK reads it. */
export interface ClientSettings {
  readonly retryMode: 'standard';
  readonly maxAttempts: number;
  /** Options of the SDK's own handler, or a handler. */
  readonly requestHandler: Setting<'requestHandler'>;
  readonly retryStrategy?: Setting<'retryStrategy'>;
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: Setting<'credentials'>;
}

/**
 * Settings of every client in AWS.
 *
 * Standard retries, not adaptive: a storm runs in many containers, each with one revoke to make, so a rate that a client learned for
 * itself is of no use to it, yet it would hold back the container's other calls without a bound. The SDK waits up to 1, 2, 4 and 8 s
 * (with jitter) after throttling and 50 ms upwards after faults: five attempts wait 15 s at the most, within the function's timeout.
 * What is still throttled then is retried by Lambda one and two minutes later. Measured in the embedded account, with events that all come
 * at once: 500 openings in 100 groups are closed after 206 s; of 1,000 in 1,000 groups, 574 are closed after 220 s, when Lambda has given up
 * the events of the others, and on-schedule has those closed after 670 s (`lookLater`).
 *
 * `throwOnRequestTimeout` because the SDK otherwise only warns about a request that takes too long.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
 */
export const CLIENT_SETTINGS = {
  retryMode: 'standard',
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true },
} as const satisfies ClientSettings;
