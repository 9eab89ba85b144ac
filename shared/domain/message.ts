import type { Action } from './action.ts';
import type { Freshness, Severity } from './finding.ts';

/**
 * The kinds of messages. `urgency`: whether a message pages people or only informs them. `incident`: whether
 * a message begins an incident, or ends the incident of its thread.
 */
export const MESSAGE_KINDS = {
  closed: { urgency: 'inform', incident: 'ends' },
  open: { urgency: 'inform', incident: 'none' },
  pending: { urgency: 'call', incident: 'begins' },
  held: { urgency: 'call', incident: 'begins' },
  failed: { urgency: 'call', incident: 'begins' },
  fight: { urgency: 'call', incident: 'begins' },
  restored: { urgency: 'inform', incident: 'ends' },
  narrowed: { urgency: 'inform', incident: 'ends' },
  reverted: { urgency: 'inform', incident: 'ends' },
  'not-granted': { urgency: 'inform', incident: 'none' },
  released: { urgency: 'inform', incident: 'ends' },
  declined: { urgency: 'inform', incident: 'ends' },
  acknowledged: { urgency: 'inform', incident: 'none' },
  migrated: { urgency: 'inform', incident: 'ends' },
  'migration-stopped': { urgency: 'call', incident: 'begins' },
  'rolled-back': { urgency: 'inform', incident: 'ends' },
  exempted: { urgency: 'inform', incident: 'ends' },
  expiring: { urgency: 'inform', incident: 'none' },
  expired: { urgency: 'inform', incident: 'none' },
  'exemption-ended': { urgency: 'inform', incident: 'none' },
  'exemption-ignored': { urgency: 'inform', incident: 'none' },
  'budget-resumed': { urgency: 'inform', incident: 'ends' },
  digest: { urgency: 'inform', incident: 'none' },
  'not-recorded': { urgency: 'inform', incident: 'none' },
  'sweep-held': { urgency: 'call', incident: 'begins' },
  storm: { urgency: 'inform', incident: 'none' },
} as const satisfies Readonly<
  Record<string, { readonly urgency: Urgency; readonly incident: 'begins' | 'ends' | 'none' }>
>;

/** `call` pages people, `inform` does not. */
export type Urgency = 'call' | 'inform';

/** The kind of a message. */
export type MessageKind = keyof typeof MESSAGE_KINDS;

/**
 * Lines with a title. There can be thousands of lines: each channel cuts the list and states the number of
 * the others.
 */
export interface Listing {
  readonly title: string;
  readonly lines: readonly string[];
  /** Number of lines that were cut to fit the message into SNS; absent: none. */
  readonly omitted?: number;
}

/** A finding as a message shows it. */
export interface Reason {
  readonly control: string;
  readonly severity: Severity;
  readonly freshness: Freshness;
  /** One line. */
  readonly text: string;
  /** URL of the control's documentation, if the policy has one. */
  readonly url?: string;
}

/**
 * A message to people, independent of the channel. Each channel applies its own limits and escaping. Some
 * texts are untrusted (names, descriptions, tags): control and bidirectional characters are removed, and no
 * text is markup.
 */
export interface Message {
  /** A second message with the same id is a duplicate. */
  readonly id: string;
  /**
   * Messages with the same thread belong to one incident, of a group or of the account. At most 255
   * characters.
   */
  readonly thread: string;
  readonly kind: MessageKind;
  readonly urgency: Urgency;
  readonly severity: Severity;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** One line with verb, port and group. */
  readonly headline: string;
  readonly account: string;
  readonly accountAlias?: string;
  readonly region: string;
  readonly group?: {
    readonly id: string;
    readonly name: string;
    readonly vpcId?: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** The owner of the group, from its tags. */
  readonly owner?: string;
  /** The controls of the reasons, each once, the main control first. */
  readonly controls: readonly string[];
  /** Id of the remediation for commands and buttons. */
  readonly remediationId?: string;
  /**
   * Actor, source, tool, attached resources, open time: a label and one line each, the most important first.
   */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  readonly reasons: readonly Reason[];
  /** Rules before and after, steps, counts. */
  readonly listings: readonly Listing[];
  /** The result and further information, a sentence or two each. */
  readonly remarks: readonly string[];
  /** Commands that undo or answer the remediation. */
  readonly ways: readonly { readonly label: string; readonly command: string }[];
  readonly actions: readonly Action[];
  /** HTTPS. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

/**
 * A visible character. Separators, control characters, zero-width and bidirectional formats, fillers and the
 * Braille blank are invisible. A combining mark is invisible by itself.
 *
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const VISIBLE = /[^\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a text has no visible character. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text);
}

/**
 * Escapes the three characters that begin Slack's control sequences (mentions, links, dates).
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text (Escaping text)
 */
export function escapeSlackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
