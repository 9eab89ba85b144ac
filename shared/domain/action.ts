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

/** Who pressed, as the channel's signature proves it. */
export interface ActionRequester {
  /** `slack`: signed by Slack. `amazon-q`: by nobody; Amazon Q does not say who it was. */
  readonly through: 'slack' | 'amazon-q';
  /** Slack's `T…` and `U…`; absent where nobody is named. */
  readonly team?: string;
  readonly user?: string;
  /** As people know them. Not proof of anything. */
  readonly name: string;
}

/**
 * A press of a button, or an action of Amazon Q: what, on which remediation, by whom. Nothing in it is
 * trusted to say what is to be done.
 */
export interface ActionRequest {
  readonly action: Action;
  readonly remediationId: string;
  readonly by: ActionRequester;
  /** Where the answer goes, 5 times within 30 minutes; absent for Amazon Q. */
  readonly responseUrl?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A press on the record, and what became of it. */
export interface ActionRecord {
  readonly request: ActionRequest;
  /** One line for people; absent while it is under way. */
  readonly result?: string;
}

/** Names a press on the record: letters, digits and spaces. */
export function actionRequestId({ remediationId, action, at, by }: ActionRequest): string {
  return [remediationId, action, String(at).padStart(15, '0'), by.user ?? by.through].join(' ');
}

/** How long a press that was carried out stands, ms: a day. Later ones are told of it, until then. */
export const ACTION_RESULT_KEPT_MS = 86_400_000;

/**
 * How long a press may be under way, ms: three tries of five minutes each, with three minutes between. After
 * it another may try.
 */
export const ACTION_LEASE_MS = 20 * 60_000;

/** Presses on the record. */
export interface ActionRequests {
  /** Puts a press on the record under its id, once. Throws CallFailed. */
  record(press: ActionRequest): Promise<void>;
  /** One that is on the record, whatever became of it. Throws CallFailed. */
  find(id: string): Promise<ActionRecord | undefined>;
  /**
   * Makes it the press of its action and remediation that is carried out, unless another one is or was: that
   * one is answered. The same press may claim again. Throws CallFailed.
   */
  claim(press: ActionRequest): Promise<ActionRecord | undefined>;
  /**
   * What became of a press on the record. `again`: it was refused or failed, and another press may try.
   * Throws CallFailed.
   */
  complete(press: ActionRequest, result: string, again: boolean): Promise<void>;
}

/** Slack's user groups. */
export interface UserGroups {
  /** Whether a user (`U…`) is in a group (`S…`). What Slack said lately counts. Throws ChannelRefused. */
  hasMember(group: string, user: string): Promise<boolean>;
}

/** Tells the one who pressed what came of it, and nobody else. */
export interface ActionReplies {
  /** Throws ChannelRefused. */
  reply(responseUrl: string, line: string): Promise<void>;
}

/**
 * Who may press what. Every list is of exact ids; a press is allowed where one entry names the action and the
 * person, or one of the person's groups.
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
 * What an answer needs besides its status: nothing for API Gateway and function URLs, one of two kinds of
 * headers for a load balancer.
 */
export type ResponseFormat = 'status' | 'headers' | 'multi-value-headers';

/** A call as it came over HTTP. Nothing in it is believed yet. */
export interface HttpCall {
  /** Address that it came from, as the AWS service in front of the function saw it. */
  readonly from: string;
  /**
   * As they came: a name may be there twice in different cases. Several values of one name are joined with
   * commas.
   */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body is Base64 of the bytes that were sent. */
  readonly isBase64: boolean;
  readonly answerForm: ResponseFormat;
}

/** Why a call is refused, in the words of HTTP's status; the reason is for our log, not for the caller. */
export interface HttpRefusal {
  readonly kind: 'refused';
  /** Unreadable, not signed by whom it should be, or too large. */
  readonly status: 400 | 401 | 413;
  readonly because: string;
}
