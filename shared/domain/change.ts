import type { RuleContent } from './group.ts';
import { type Attribution, matchesGlob } from './identity.ts';

/** The kind of a change, in the terms of controls and event patterns. */
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

/**
 * Which groups to evaluate. Some events have no group id: a new VPC's, and calls that name a group by its
 * name.
 */
export type Scope =
  | { readonly by: 'group-id'; readonly ids: readonly string[] }
  | { readonly by: 'group-name'; readonly names: readonly string[] }
  | { readonly by: 'rule-id'; readonly ids: readonly string[] }
  | { readonly by: 'default-group-of-vpc'; readonly vpcIds: readonly string[] }
  /**
   * Every group with a rule that names one of these prefix lists. `since`: also fetch the entries of that
   * version.
   */
  | { readonly by: 'prefix-list'; readonly ids: readonly string[]; readonly since?: number }
  /** The groups of these network interfaces. */
  | { readonly by: 'interface'; readonly ids: readonly string[] };

/**
 * A rule that was modified in place, with its new content. The event has no direction, so `content` says
 * ingress.
 */
export interface ModifiedRule {
  readonly id: string;
  readonly content: RuleContent;
}

/**
 * Which rules a change added: all rules of a new group, the rules that the event names, the rules that name a
 * changed prefix list (`version` is the previous version), or unknown. If unknown, every rule counts as
 * existing.
 */
export type AddedRules =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'rules';
      readonly ids: readonly string[];
      readonly contents: readonly RuleContent[];
      /** The new contents of modified rules. A snapshot that still has the old content is stale. */
      readonly becoming?: readonly ModifiedRule[];
    }
  | { readonly kind: 'prefix-list'; readonly id: string; readonly version?: number }
  | { readonly kind: 'unknown' };

/** The tool that made a call, as far as the event tells. */
export type Tool = 'console' | 'cloudformation' | 'terraform' | 'cli' | 'sdk' | 'lambda' | 'aws-service' | 'unknown';

/** Who made a change, from CloudTrail's `userIdentity`, `sourceIPAddress` and `userAgent`. */
export interface Actor {
  readonly type: string;
  readonly arn?: string;
  /** ARN of the role of a session, with its path, which the ARN of the session does not have. */
  readonly role?: string;
  /** Session name or user name. */
  readonly name?: string;
  readonly sourceIp?: string;
  readonly tool: Tool;
  /** AWS service that made the call for the principal, such as `cloudformation.amazonaws.com`. */
  readonly invokedBy?: string;
}

/** Exemption tags that a call set or removed. They are a request: only the exemption in the ledger counts. */
export interface TagRequest {
  readonly what: 'set' | 'removed';
  /** Groups and rules, `sg-…` and `sgr-…`. */
  readonly resources: readonly string[];
  /** Value of the tag; absent if the call did not name the tag. */
  readonly until?: string;
  readonly reason?: string;
}

/** A plan that a person approved, or that a person released by resuming the budget. */
interface ApprovedPlan {
  readonly planId: string;
  readonly approval: Attribution;
  /**
   * The rules that the person approved, as `ruleKey` writes them. A rule that has changed since is not
   * approved.
   */
  readonly rules: readonly string[];
}

/**
 * A change to evaluate. It only points to groups. Events arrive late, twice and out of order, so the current
 * rules are always read from EC2.
 */
export interface Change {
  /** CloudTrail's eventID, or an id that the caller chose. */
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
  /** Rules that a person approved, as recorded in the ledger. */
  readonly approved?: ApprovedPlan;
  /** A sweep found too many existing rules to remove, so a person has to approve their removal. */
  readonly hold?: true;
  readonly account: string;
  readonly region: string;
  /** The change was read from CloudTrail's history. Absent: an event claims it. */
  readonly confirmed?: true;
}

/**
 * The last part of an ARN: the name of the user or the session (with single sign-on, an e-mail address), or
 * `root`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function principalName(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}

const SESSION = /^arn:([^:]*):sts::(\d*):assumed-role\/([^/]+)\//;

/**
 * The ARN of a session's role without its path. The name of a role is unique in its account, whatever the
 * path.
 */
function roleOf(arn: string): readonly string[] {
  const [, partition, account, name] = SESSION.exec(arn) ?? [];
  return name === undefined ? [] : [`arn:${partition}:iam::${account}:role/${name}`];
}

/**
 * Whether a pattern matches the ARN of a session. Whoever assumes a role chooses the name of the session, so
 * the role's part of the pattern must match the role alone.
 */
function matchesSession(pattern: string, arn: string): boolean {
  const [, , , role] = SESSION.exec(arn) ?? [];
  const [, meant = ''] = pattern.split('/');
  return matchesGlob(pattern, arn) && (role === undefined || matchesGlob(meant, role));
}

/** A pattern for a role with a path: the part before the path, and the name. */
const WITH_PATH = /^([^/]*:role\/)(?:[^/]+\/)+([^/]*)$/;

/** Whether a pattern matches roles by their path alone, as `role/team/*` does. */
export function namesPathOnly(pattern: string): boolean {
  return /^\*|^$/.test(WITH_PATH.exec(pattern)?.[2] ?? 'a name');
}

/** The pattern without the path, unless it has only a path: `role/team/Admin` becomes `role/Admin`. */
function withoutPath(pattern: string): readonly string[] {
  const [, head, name] = WITH_PATH.exec(pattern) ?? [];
  return head === undefined || name === undefined || namesPathOnly(pattern) ? [] : [head + name];
}

/**
 * Whether a glob of ARNs (`*` only) matches an actor: the user, the session, or the role of the session.
 *
 * CloudTrail states a role with its path, so a path in the pattern must match. STS states only the ARN of the
 * session, which has no path. In that case the partition, the account and the name of the role count.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function matchesActor(pattern: string, { arn, role }: Pick<Actor, 'arn' | 'role'>): boolean {
  if (arn !== undefined && matchesSession(pattern, arn)) return true;
  const named = arn === undefined ? [] : roleOf(arn);
  if (role !== undefined) return [...named, role].some((name) => matchesGlob(pattern, name));
  return [pattern, ...withoutPath(pattern)].some((one) => named.some((name) => matchesGlob(one, name)));
}

/** Whether an ARN is of a session of a role, whatever the path of the role. */
export function isSessionOfRole(roleArn: string, arn: string): boolean {
  const [, partition, , , account, resource = ''] = roleArn.split(':');
  return roleOf(arn).includes(`arn:${partition}:iam::${account}:role/${resource.slice(resource.lastIndexOf('/') + 1)}`);
}
