import { createHash } from 'node:crypto';
import type { Caller } from './operation.ts';

/** Who holds an access key, as CloudTrail describes them. */
export interface Principal {
  readonly type: 'IAMUser' | 'AssumedRole' | 'Root' | 'AWSService' | 'AWSAccount';
  /** For AssumedRole: `arn:aws:sts::111122223333:assumed-role/NAME/SESSION`. */
  readonly arn: string;
  /** The user's name, or the role session's. */
  readonly name: string;
  /** The service on whose behalf the call is made, e.g. `cloudformation.amazonaws.com`. */
  readonly invokedBy?: string;
  /** An address, or a service's name; default 198.51.100.20, an address for documentation. */
  readonly sourceIp?: string;
  /** In place of the request's own User-Agent header. */
  readonly userAgent?: string;
  /** Whether the call is marked as the console's. */
  readonly viaConsole?: boolean;
}

/** Access key id to its holder. */
export type Principals = Readonly<Record<string, Principal>>;

/** The address that callers come from unless theirs is stated. */
export const DOCUMENTATION_ADDRESS = '198.51.100.20';

/** Characters that a user's name may not have. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const NOT_IN_NAMES = /[^\w+=,.@-]/g;

/** The holder of a key. An unknown key belongs to an IAM user of the same name, so that each key is a principal of its own. */
export function principalOf(principals: Principals, accessKeyId: string, accountId: string): Principal {
  const known = Object.hasOwn(principals, accessKeyId) ? principals[accessKeyId] : undefined;
  if (known) return known;
  const name = accessKeyId.replaceAll(NOT_IN_NAMES, '-').slice(0, 64);
  return { type: 'IAMUser', arn: `arn:aws:iam::${accountId}:user/${name}`, name };
}

/** An id of IAM's form, 21 characters: always the same for the same ARN. */
function uniqueId(prefix: 'AIDA' | 'AROA', arn: string): string {
  return `${prefix}${createHash('sha256').update(arn, 'utf8').digest('hex').slice(0, 17).toUpperCase()}`;
}

/** ARN of the role behind a session: the session's ARN without the session's name. */
function withoutSession(arn: string): string {
  return arn.slice(0, arn.lastIndexOf('/'));
}

/** The unique id that goes with a principal: users' begin with AIDA, roles' with AROA; the root's is the account. */
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

/** The caller as STS names them. */
export function callerOf(principal: Principal, accessKeyId: string, accountId: string): Caller {
  return { accessKeyId, arn: principal.arn, userId: principalId(principal, accountId) };
}
