import type { Person } from './identity.ts';

/** What became of a plan, as far as the buttons under its message depend on it. */
export type OutcomeKind = 'closed' | 'open' | 'pending' | 'held' | 'failed' | 'fight';

/** What has to be known about an action to offer it. */
interface ActionSpec {
  /** Text of the button. */
  readonly label: string;
  /** Slack recommends `danger` for rare use, and `primary` for one button of a set. */
  readonly style?: 'primary' | 'danger';
  /** Question before an action that opens or closes something. */
  readonly confirm?: string;
  /** Messages that offer the action. */
  readonly offeredFor: readonly OutcomeKind[];
  /**
   * Whether Amazon Q may ask for it. Amazon Q does not say who asks, so such an action removes and grants
   * nothing.
   */
  readonly throughAmazonQ?: true;
}

/**
 * What a person can do about a remediation with a button, in the order of the buttons. The policy permits
 * actions by these names (people.may). `shared/actions/answer.ts` carries out the actions that need nothing
 * but the remediation's id, and `shared/actions/result-text.ts` words their results.
 */
const ACTIONS = {
  restore: {
    label: 'Restore',
    style: 'danger',
    confirm: 'The rules are put back as they were: open to whomever they were open to.',
    offeredFor: ['closed', 'fight'],
  },
  approve: {
    label: 'Approve',
    style: 'primary',
    confirm: 'What was planned goes on: rules are removed, or a migration begins.',
    offeredFor: ['pending', 'held'],
  },
  decline: { label: 'Decline', offeredFor: ['pending', 'held'], throughAmazonQ: true },
  exempt: {
    label: 'Exempt for 24 h',
    confirm:
      'What is open, or is opened again, stays open for 24 hours. Then it is judged again: what was added or put back counts as new. The answer says what the policy does with it.',
    offeredFor: ['closed', 'fight', 'open', 'pending', 'held'],
  },
  acknowledge: { label: 'Acknowledge', offeredFor: ['fight', 'open', 'failed'], throughAmazonQ: true },
} as const satisfies Readonly<Record<string, ActionSpec>>;

/** What a person can do about a remediation with a button. */
export type Action = keyof typeof ACTIONS;

/** All actions, in the order of the buttons. */
export const ACTION_NAMES: readonly Action[] = Object.keys(ACTIONS).filter((name): name is Action => name in ACTIONS);

/** The specification of an action. */
export function actionSpec(action: Action): ActionSpec {
  return ACTIONS[action];
}

/** Actions whose command needs nothing but the remediation's id. The command has the action's name. */
export type AnswerAction = Exclude<Action, 'restore' | 'exempt'>;

/** All of these actions. */
export const ANSWER_ACTIONS: readonly AnswerAction[] = ACTION_NAMES.filter(isAnswerAction);

/** Whether an action's command needs nothing but the remediation's id. */
export function isAnswerAction(action: Action): action is AnswerAction {
  return action !== 'restore' && action !== 'exempt';
}

/**
 * Results of these actions. `first`: nobody answered before; otherwise `by` and `at` are those of the first
 * answer.
 */
export type AnswerResult = { readonly first: boolean; readonly by: Person; readonly at: number } & (
  | { readonly kind: 'answered'; readonly verdict: 'released' | 'declined' }
  | { readonly kind: 'acknowledged' }
);

/** Who requested an action, as the signature of the channel proves. */
export interface ActionRequester {
  /** `slack`: signed by Slack. `amazon-q`: not signed; Amazon Q does not say who the person is. */
  readonly through: 'slack' | 'amazon-q';
  /** Slack's `T…` and `U…`; absent if nobody is named. */
  readonly team?: string;
  readonly user?: string;
  /** Display name. It proves nothing. */
  readonly name: string;
}

/**
 * A requested action, from a button or from Amazon Q: which action, on which remediation, by whom. It is not
 * authorized.
 */
export interface ActionRequest {
  readonly action: Action;
  readonly remediationId: string;
  readonly by: ActionRequester;
  /** URL for the reply, valid for 5 replies within 30 minutes; absent for Amazon Q. */
  readonly responseUrl?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A recorded action request with its result. */
export interface ActionRecord {
  readonly request: ActionRequest;
  /** One line for people; absent while the action runs. */
  readonly result?: string;
}

/** Id of an action request: letters, digits and spaces. */
export function actionRequestId({ remediationId, action, at, by }: ActionRequest): string {
  return [remediationId, action, String(at).padStart(15, '0'), by.user ?? by.through].join(' ');
}

/** How long the result of an action is kept: a day. A later request gets that result. */
export const ACTION_RESULT_KEPT_MS = 86_400_000;

/**
 * How long an action may run: three attempts of five minutes, with three minutes in between. Then another may
 * try.
 */
export const ACTION_LEASE_MS = 20 * 60_000;

/** The store of action requests. */
export interface ActionRequests {
  /** Records a request under its id, once. Throws CallFailed. */
  record(press: ActionRequest): Promise<void>;
  /** A recorded request. Throws CallFailed. */
  find(id: string): Promise<ActionRecord | undefined>;
  /**
   * Claims the action on the remediation for this request. If another request runs or ran, returns that
   * request instead. The same request may claim again. Throws CallFailed.
   */
  claim(press: ActionRequest): Promise<ActionRecord | undefined>;
  /**
   * Records the result. `again`: the action was refused or failed, and another request may try. Throws
   * CallFailed.
   */
  complete(press: ActionRequest, result: string, again: boolean): Promise<void>;
}

/** Slack's user groups. */
export interface UserGroups {
  /** Whether a user (`U…`) is in a group (`S…`). Cached for a short time. Throws ChannelRefused. */
  hasMember(group: string, user: string): Promise<boolean>;
}

/** Replies to the person who requested an action, visible to nobody else. */
export interface ActionReplies {
  /** Throws ChannelRefused. */
  reply(responseUrl: string, line: string): Promise<void>;
}

/**
 * Who may request which actions. A request is allowed if one entry has the action, and the person or one of
 * the person's groups. Slack ids are exact.
 */
export interface ActionPermission {
  readonly actions: readonly Action[];
  /** Slack `U…` or `W…`. */
  readonly slackUsers: readonly string[];
  /** Slack user groups, `S…`. */
  readonly slackGroups: readonly string[];
  /** Globs of ARNs of AWS principals, for the command line. */
  readonly principals: readonly string[];
}

/**
 * What a response needs: only the status for API Gateway and function URLs, and headers for a load balancer.
 */
export type ResponseFormat = 'status' | 'headers' | 'multi-value-headers';

/** An HTTP call. It is not verified yet. */
export interface HttpCall {
  /** Source address, as the AWS service in front of the function states it. */
  readonly from: string;
  /** A name may occur twice in different cases. Several values of one name are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body is encoded as Base64. */
  readonly isBase64: boolean;
  readonly answerForm: ResponseFormat;
}

/** A rejected HTTP call. The reason is for the log, not for the caller. */
export interface HttpRefusal {
  readonly kind: 'refused';
  /** 400: unreadable. 401: the signature is invalid. 413: too large. */
  readonly status: 400 | 401 | 413;
  readonly because: string;
}
