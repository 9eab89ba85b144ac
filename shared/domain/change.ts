import type { RuleContent } from './group.ts';
import { type Attribution, matchesGlob } from './identity.ts';

/** What happened, in the terms that controls and event patterns share. */
export type Trigger =
  | 'rules-added'
  | 'rules-modified'
  | 'rules-removed'
  | 'group-created'
  | 'vpc-created'
  | 'prefix-list-changed'
  | 'attached'
  | 'tagged'
  | 'sweep';

/** Which groups to look at. A new VPC's default group has no id in the event; some calls name a group only by its name. */
export type Scope =
  | { readonly by: 'group-id'; readonly ids: readonly string[] }
  | { readonly by: 'group-name'; readonly names: readonly string[] }
  | { readonly by: 'rule-id'; readonly ids: readonly string[] }
  | { readonly by: 'default-group-of-vpc'; readonly vpcIds: readonly string[] }
  /** Every group with a rule that names one of these prefix lists, either direction; `since` asks for the entries of that version too. */
  | { readonly by: 'prefix-list'; readonly ids: readonly string[]; readonly since?: number }
  /** The groups of these network interfaces. */
  | { readonly by: 'interface'; readonly ids: readonly string[] };

/** A rule that was modified in place, and its new content. The event does not tell its direction, stated as ingress here. */
export interface ModifiedRule {
  readonly id: string;
  readonly content: RuleContent;
}

/**
 * Which rules the change brought: all of a new group, the ones named or described, the ones that name a prefix list whose entries
 * changed (`version` is the list's before the change), or unknown (then every rule counts as existing).
 */
export type AddedRules =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'rules';
      readonly ids: readonly string[];
      readonly contents: readonly RuleContent[];
      /** What modified rules were to become, so that a look that still shows the old content is known to be stale. */
      readonly becoming?: readonly ModifiedRule[];
    }
  | { readonly kind: 'prefix-list'; readonly id: string; readonly version?: number }
  | { readonly kind: 'unknown' };

/** Tool behind a call, as far as the event tells. */
export type Tool = 'console' | 'cloudformation' | 'terraform' | 'cli' | 'sdk' | 'lambda' | 'aws-service' | 'unknown';

/** Who made the change, from CloudTrail's `userIdentity`, `sourceIPAddress` and `userAgent`. */
export interface Actor {
  readonly type: string;
  readonly arn?: string;
  /** The role behind a session, with its path, which the session's own ARN leaves out. */
  readonly role?: string;
  /** Session or user name: the person, where it is known. */
  readonly name?: string;
  readonly sourceIp?: string;
  readonly tool: Tool;
  /** AWS service that made the call on somebody's behalf, e.g. `cloudformation.amazonaws.com`. */
  readonly invokedBy?: string;
}

/** Exemption tags that a call set or took away: a request, which counts only once the ledger has it. */
export interface TagRequest {
  readonly what: 'set' | 'removed';
  /** Groups and rules, `sg-…` and `sgr-…`. */
  readonly resources: readonly string[];
  /** As it was written; absent where the call did not name the tag. */
  readonly until?: string;
  readonly reason?: string;
}

/** A plan that a person let go on, or a budget that a person resumed. */
interface ApprovedPlan {
  readonly planId: string;
  readonly approval: Attribution;
  /** Its rules, and what it is to give back, as `ruleKey` writes them: one that has changed since was not what the person saw. */
  readonly rules: readonly string[];
}

/** A change to look at: pointers, never proof. Events come late, doubled and out of order, so what is open is read from EC2. */
export interface Change {
  /** CloudTrail's eventID, or the caller's own name for it. */
  readonly id: string;
  /** The API call, e.g. `AuthorizeSecurityGroupIngress`, or `Sweep`. */
  readonly call: string;
  readonly trigger: Trigger;
  readonly scope: Scope;
  readonly added: AddedRules;
  readonly actor?: Actor;
  /** eventTime, milliseconds since the epoch. */
  readonly at: number;
  readonly exemptionTags?: TagRequest;
  /** Rules that a person let go, by the ledger's word. */
  readonly approved?: ApprovedPlan;
  /** A sweep found too much at once: what was there before is held for a person. What a change brought never is. */
  readonly hold?: true;
  readonly account: string;
  readonly region: string;
  /** CloudTrail's own record, read from its history. Absent: as an event claims. */
  readonly confirmed?: true;
}

/**
 * The last part of an ARN: the user's name, the session's (with single sign-on, the person's address), or `root`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function principalName(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}

const SESSION = /^arn:([^:]*):sts::(\d*):assumed-role\/([^/]+)\//;

/** The role of a session as IAM would name it if it had no path: a role's name is unique in its account, whatever its path. */
function roleOf(arn: string): readonly string[] {
  const [, partition, account, name] = SESSION.exec(arn) ?? [];
  return name === undefined ? [] : [`arn:${partition}:iam::${account}:role/${name}`];
}

/** Whoever assumes a role chooses the session's name, so what stands in a pattern for the role has to fit the role, not the name behind it. */
function matchesSession(pattern: string, arn: string): boolean {
  const [, , , role] = SESSION.exec(arn) ?? [];
  const [, meant = ''] = pattern.split('/');
  return matchesGlob(pattern, arn) && (role === undefined || matchesGlob(meant, role));
}

/** A pattern of a role with a path: the part before the path, and the name. */
const WITH_PATH = /^([^/]*:role\/)(?:[^/]+\/)+([^/]*)$/;

/** Whether a pattern names roles by their path alone: the name is left open, as in `role/team/*`. */
export function namesPathOnly(pattern: string): boolean {
  return /^\*|^$/.test(WITH_PATH.exec(pattern)?.[2] ?? 'a name');
}

/** The same pattern without the path, where it names a role by more than that: `role/team/Admin` becomes `role/Admin`. */
function withoutPath(pattern: string): readonly string[] {
  const [, head, name] = WITH_PATH.exec(pattern) ?? [];
  return head === undefined || name === undefined || namesPathOnly(pattern) ? [] : [head + name];
}

/**
 * Whether a glob of ARNs (`*` only) names who made a call: the user, the session, or the role behind the session.
 *
 * CloudTrail tells a role with its path, so a path in the pattern has to fit. The ARN of a session, which is all that STS tells, has no
 * path. Then the partition, the account and the name of the role count: IAM has each name of a role once in an account, whatever the path.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function matchesActor(pattern: string, { arn, role }: Pick<Actor, 'arn' | 'role'>): boolean {
  if (arn !== undefined && matchesSession(pattern, arn)) return true;
  const named = arn === undefined ? [] : roleOf(arn);
  if (role !== undefined) return [...named, role].some((name) => matchesGlob(pattern, name));
  return [pattern, ...withoutPath(pattern)].some((one) => named.some((name) => matchesGlob(one, name)));
}

/** Whether an ARN is that of a session of a role, whatever the role's path. */
export function isSessionOfRole(roleArn: string, arn: string): boolean {
  const [, partition, , , account, resource = ''] = roleArn.split(':');
  return roleOf(arn).includes(`arn:${partition}:iam::${account}:role/${resource.slice(resource.lastIndexOf('/') + 1)}`);
}
