import type { Asked } from './requests/person.ts';
import type { RuleContent } from './rule.ts';

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
export interface Becoming {
  readonly id: string;
  readonly content: RuleContent;
}

/**
 * Which rules the change brought: all of a new group, the ones named or described, the ones that name a prefix list whose entries
 * changed (`version` is the list's before the change), or unknown (then every rule counts as existing).
 */
export type Brought =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'rules';
      readonly ids: readonly string[];
      readonly contents: readonly RuleContent[];
      /** What modified rules were to become, so that a look that still shows the old content is known to be stale. */
      readonly becoming?: readonly Becoming[];
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
interface Released {
  readonly planId: string;
  readonly asked: Asked;
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
  readonly brought: Brought;
  readonly actor?: Actor;
  /** eventTime, milliseconds since the epoch. */
  readonly at: number;
  readonly exemptionTags?: TagRequest;
  /** Rules that a person let go, by the ledger's word. */
  readonly released?: Released;
  /** A sweep found too much at once: what was there before is held for a person. What a change brought never is. */
  readonly hold?: true;
  readonly account: string;
  readonly region: string;
  /** CloudTrail's own record, read from its history. Absent: as an event claims. */
  readonly confirmed?: true;
}
