import type { Caller } from './account/operation.ts';

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

/** The holder of a key; of an unknown key, an IAM user `example`. */
export function principalOf(principals: Principals, accessKeyId: string, accountId: string): Principal {
  const known = Object.hasOwn(principals, accessKeyId) ? principals[accessKeyId] : undefined;
  return known ?? { type: 'IAMUser', arn: `arn:aws:iam::${accountId}:user/example`, name: 'example' };
}

/** The unique id that goes with a principal: users' begin with AIDA, roles' with AROA; the root's is the account. */
export function principalId({ type, name }: Principal, accountId: string): string {
  switch (type) {
    case 'IAMUser':
      return 'AIDAEXAMPLEEXAMPLE00';
    case 'AssumedRole':
      return `AROAEXAMPLEEXAMPLE00:${name}`;
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
