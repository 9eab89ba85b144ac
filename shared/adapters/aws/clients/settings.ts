import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';

/** One of the settings that every client of the SDK has. */
type ClientSetting<Name extends keyof EC2ClientConfig> = NonNullable<EC2ClientConfig[Name]>;

/** What every client's constructor is given. What is absent comes from the environment, as the SDK reads it. */
export interface ClientSettings {
  readonly retryMode: 'standard';
  readonly maxAttempts: number;
  /** Options of the SDK's own handler, or a handler. */
  readonly requestHandler: ClientSetting<'requestHandler'>;
  readonly retryStrategy?: ClientSetting<'retryStrategy'>;
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: ClientSetting<'credentials'>;
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

/** EC2 clients by region: each is made once, with its connections kept open. */
export function ec2Clients(settings: ClientSettings): (region: string) => EC2Client {
  const clients = new Map<string, EC2Client>();
  return (region) => {
    const client = clients.get(region) ?? new EC2Client({ ...settings, region });
    clients.set(region, client);
    return client;
  };
}

/** How long a client waits, milliseconds. */
interface Timeouts {
  readonly connectionTimeout?: number;
  readonly requestTimeout: number;
}

/** The settings for one attempt with timeouts of its own. A handler that was passed in keeps the timeouts it was made with. */
export function oneAttempt(settings: ClientSettings, timeouts: Timeouts): ClientSettings {
  const { requestHandler, retryStrategy: _, ...rest } = settings;
  return {
    ...rest,
    maxAttempts: 1,
    requestHandler: 'handle' in requestHandler ? requestHandler : { ...requestHandler, ...timeouts },
  };
}
