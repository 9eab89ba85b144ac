/** What an answer needs besides its status: nothing for API Gateway and function URLs, one of two kinds of headers for a load balancer. */
export type AnswerForm = 'status' | 'headers' | 'multi-value-headers';

/** A call as it came over HTTP. Nothing in it is believed yet. */
export interface HttpCall {
  /** Address that it came from, as the AWS service in front of the function saw it. */
  readonly from: string;
  /** As they came: a name may be there twice in different cases. Several values of one name are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body is Base64 of the bytes that were sent. */
  readonly isBase64: boolean;
  readonly answerForm: AnswerForm;
}

/** Why a call is refused, in the words of HTTP's status; the reason is for our log, not for the caller. */
export interface CallRefused {
  readonly kind: 'refused';
  /** Unreadable, not signed by whom it should be, or too large. */
  readonly status: 400 | 401 | 413;
  readonly because: string;
}
