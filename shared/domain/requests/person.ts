/** Somebody who asked for something, and by what way the request came. */
export interface Person {
  /** As people know them: a session name, a user, an owner. */
  readonly name: string;
  /** The principal that AWS saw, where it is known. */
  readonly arn?: string;
  /** Whether AWS has confirmed it: of a person at the command line `arn` and `name`, of one at a button that the press came from on-action. */
  readonly proven?: true;
  readonly through: 'command-line' | 'button' | 'tag' | 'policy' | 'portcullis';
  /** Slack's `U…` of the person who pressed a button. */
  readonly slackUser?: string;
}

/** A request on the record: who, why, when. */
export interface Asked {
  readonly by: Person;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The person opened the rules that the request leaves open or opens again. */
  readonly ownChange?: true;
}
