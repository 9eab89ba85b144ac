import type { Action } from './message.ts';

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
