import { AwsError } from '../../state/operation.ts';
import { type TokenBucket, tokenBucket } from '../../time/token-bucket.ts';

/** How many calls a bucket holds, and how many come back each second. */
interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const READ: Rate = { burst: 100, perSecond: 20 };
const UNFILTERED_READ: Rate = { burst: 50, perSecond: 10 };
const WRITE: Rate = { burst: 50, perSecond: 5 };

/** Calls with a rate of their own. */
const OWN_RATES: Readonly<Record<string, Rate>> = {
  CreateTags: { burst: 100, perSecond: 10 },
  DeleteTags: { burst: 100, perSecond: 10 },
  CreateNetworkInterface: { burst: 100, perSecond: 5 },
  DeleteNetworkInterface: { burst: 100, perSecond: 5 },
  ModifyNetworkInterfaceAttribute: { burst: 100, perSecond: 5 },
  DescribeSecurityGroupReferences: { burst: 20, perSecond: 5 },
  DescribeStaleSecurityGroups: { burst: 20, perSecond: 5 },
};

/** Reads that have a second, smaller bucket for calls without a filter, ids or pagination. */
const COSTLY_UNFILTERED: ReadonlySet<string> = new Set(['DescribeSecurityGroups', 'DescribeNetworkInterfaces']);

const NARROWING = ['Filters', 'MaxResults', 'NextToken', 'GroupIds', 'GroupNames', 'NetworkInterfaceIds'] as const;

/** The API shorthand for an empty list is an absent one. */
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

/** Holds the calls of an account to EC2's rates. */
export interface Ec2Throttle {
  /** Whether the rates are in force. May be changed at any time: a test can so prepare what an account needs years for. */
  mode: 'as-in-aws' | 'off';
  /** Takes a token for the call. Throws RequestLimitExceeded if the bucket of its operation is empty. */
  takeToken(call: Ec2Call): void;
}

/**
 * The token buckets of EC2's API: one for each region and operation, which all callers of the account share. Buckets are full at first.
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
