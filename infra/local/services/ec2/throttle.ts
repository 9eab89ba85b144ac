import { AwsError } from '../../state/operation.ts';
import { type TokenBucket, tokenBucket } from '../../time/token-bucket.ts';
import type { Ec2Operation } from './operations.ts';

/** Capacity of a token bucket, and how many tokens it gets back each second. */
interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const READ: Rate = { burst: 100, perSecond: 20 };
const UNFILTERED_READ: Rate = { burst: 50, perSecond: 10 };
const WRITE: Rate = { burst: 50, perSecond: 5 };

/** Operations with their own rate. */
const OWN_RATES: Readonly<Record<string, Rate>> = {
  CreateTags: { burst: 100, perSecond: 10 },
  DeleteTags: { burst: 100, perSecond: 10 },
  CreateNetworkInterface: { burst: 100, perSecond: 5 },
  DeleteNetworkInterface: { burst: 100, perSecond: 5 },
  ModifyNetworkInterfaceAttribute: { burst: 100, perSecond: 5 },
  DescribeSecurityGroupReferences: { burst: 20, perSecond: 5 },
  DescribeStaleSecurityGroups: { burst: 20, perSecond: 5 },
} satisfies Partial<Record<Ec2Operation, Rate>>;

/** Operations with a second, smaller bucket for calls without a filter, ids or a page size. */
const COSTLY_UNFILTERED: ReadonlySet<string> = new Set<Ec2Operation>([
  'DescribeSecurityGroups',
  'DescribeNetworkInterfaces',
]);

const NARROWING = ['Filters', 'MaxResults', 'NextToken', 'GroupIds', 'GroupNames', 'NetworkInterfaceIds'] as const;

/** An empty list means the same as an absent one. */
function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

function isUnfiltered(input: object): boolean {
  return !NARROWING.some((name) => isGiven(Reflect.get(input, name)));
}

function rateOf(operation: string, isCostly: boolean): Rate {
  if (isCostly) return UNFILTERED_READ;
  const usual = /^(?:Describe|Get|List|Search)/.test(operation) ? READ : WRITE;
  return OWN_RATES[operation] ?? usual;
}

/** One call of EC2. */
interface Ec2Call {
  readonly region: string;
  readonly operation: string;
  readonly input: object;
}

/** Applies EC2's rate limits to the calls of an account. */
export interface Ec2Throttle {
  /**
   * Whether the limits apply. It can change at any time, so that a test can set up a large account quickly.
   */
  mode: 'as-in-aws' | 'off';
  /** Takes a token for the call. Throws RequestLimitExceeded if the bucket of its operation is empty. */
  takeToken(call: Ec2Call): void;
}

/**
 * The token buckets of EC2's API: one for each region and operation, shared by all callers of the account,
 * and full at first.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export function ec2Throttle(mode: Ec2Throttle['mode'], now: () => number): Ec2Throttle {
  const buckets = new Map<string, TokenBucket>();

  function bucketOf({ region, operation, input }: Ec2Call): TokenBucket {
    const isCostly = COSTLY_UNFILTERED.has(operation) && isUnfiltered(input);
    const key = `${region} ${operation}${isCostly ? ' unfiltered' : ''}`;
    const known = buckets.get(key);
    if (known) return known;
    const { burst, perSecond } = rateOf(operation, isCostly);
    const fresh = tokenBucket(burst, 1000 / perSecond);
    buckets.set(key, fresh);
    return fresh;
  }

  return {
    mode,
    takeToken(call) {
      if (this.mode === 'off' || bucketOf(call).take(now()) === 0) return;
      throw new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    },
  };
}
