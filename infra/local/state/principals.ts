import { createHash } from 'node:crypto';
import type { Caller } from './operation.ts';

/** The holder of an access key, as CloudTrail describes it. */
export interface Principal {
  readonly type: 'IAMUser' | 'AssumedRole' | 'Root' | 'AWSService' | 'AWSAccount';
  /** For AssumedRole: `arn:aws:sts::111122223333:assumed-role/NAME/SESSION`. */
  readonly arn: string;
  /** Name of the user or of the role session. */
  readonly name: string;
  /** The service that makes the call on the principal's behalf, e.g. `cloudformation.amazonaws.com`. */
  readonly invokedBy?: string;
  /** An address or a service's name. Default: 198.51.100.20, an address for documentation. */
  readonly sourceIp?: string;
  /** Replaces the request's User-Agent header. */
  readonly userAgent?: string;
  /** Whether the call comes from the console. */
  readonly viaConsole?: boolean;
}

/** Holders by access key id. */
export type Principals = Readonly<Record<string, Principal>>;

/** The default source address of callers. */
export const DOCUMENTATION_ADDRESS = '198.51.100.20';

/**
 * Characters that are not allowed in a user's name.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const NOT_IN_NAMES = /[^\w+=,.@-]/g;

/** The holder of a key. An unknown key belongs to an IAM user with the key as its name. */
export function principalOf(principals: Principals, accessKeyId: string, accountId: string): Principal {
  const known = Object.hasOwn(principals, accessKeyId) ? principals[accessKeyId] : undefined;
  if (known) return known;
  const name = accessKeyId.replaceAll(NOT_IN_NAMES, '-').slice(0, 64);
  return { type: 'IAMUser', arn: `arn:aws:iam::${accountId}:user/${name}`, name };
}

/** An id of 21 characters in IAM's form, which depends on the ARN only. */
function uniqueId(prefix: 'AIDA' | 'AROA', arn: string): string {
  return `${prefix}${createHash('sha256').update(arn, 'utf8').digest('hex').slice(0, 17).toUpperCase()}`;
}

/** ARN of a session without the session's name. */
function withoutSession(arn: string): string {
  return arn.slice(0, arn.lastIndexOf('/'));
}

/**
 * The unique id of a principal. Ids of users begin with AIDA, ids of roles with AROA; the root's id is the
 * account id.
 */
export function principalId({ type, arn, name }: Principal, accountId: string): string {
  switch (type) {
    case 'IAMUser':
      return uniqueId('AIDA', arn);
    case 'AssumedRole':
      return `${uniqueId('AROA', withoutSession(arn))}:${name}`;
    case 'Root':
    case 'AWSService':
    case 'AWSAccount':
      return accountId;
    default:
      return type satisfies never;
  }
}

/** The caller as STS describes it. */
export function callerOf(principal: Principal, accessKeyId: string, accountId: string): Caller {
  return { accessKeyId, arn: principal.arn, userId: principalId(principal, accountId) };
}
