import type { Action } from './action.ts';
import type { Freshness, Severity } from './finding.ts';

/**
 * What a message is about, and whether it calls somebody or only informs. `begins`: people have something to do until a message of the
 * same thread `ends` it.
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

/** Whether a message is for somebody to get up for. */
export type Urgency = 'call' | 'inform';

/** What a message is about. */
export type MessageKind = keyof typeof MESSAGE_KINDS;

/** Lines under a title; `lines` may be all of thousands: each way of telling cuts them to its own size, with a count of the rest. */
export interface Listing {
  readonly title: string;
  readonly lines: readonly string[];
  /** How many more there were where the message was cut to fit a topic; absent: none. */
  readonly omitted?: number;
}

/** One reason for what was done. */
export interface Reason {
  readonly control: string;
  readonly severity: Severity;
  readonly freshness: Freshness;
  /** One line. */
  readonly text: string;
  /** Its documentation, where the policy says where that is. */
  readonly url?: string;
}

/**
 * What people are told, apart from how: each channel makes its own of it, with its own limits and its own escapes. Texts come from
 * outside in part (names, descriptions, tags) and are as they came but for control and direction characters; nothing in them is markup.
 */
export interface Message {
  /** A second message with the same one says nothing new. */
  readonly id: string;
  /** Messages with the same one are of one incident: told in one place. A group's, or the account's. At most 255 characters. */
  readonly thread: string;
  readonly kind: MessageKind;
  readonly urgency: Urgency;
  readonly severity: Severity;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Verb, port, group: one line. */
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
  /** Who answers for the group, as its tags say. */
  readonly owner?: string;
  /** Of the reasons, each once, the first the main one. */
  readonly controls: readonly string[];
  /** Names the remediation in commands and buttons. */
  readonly remediationId?: string;
  /** Who, from where, with what, what is attached, how long it was open: a label and one line each, the most important first. */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  readonly reasons: readonly Reason[];
  /** Rules before and after, steps, counts. */
  readonly listings: readonly Listing[];
  /** How it ended, and what else there is to know: a sentence or two each. */
  readonly remarks: readonly string[];
  /** Commands that undo it or answer it. */
  readonly ways: readonly { readonly label: string; readonly command: string }[];
  readonly actions: readonly Action[];
  /** HTTPS. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

/**
 * A character that people see. Separators, controls, zero-width and bidirectional formats, fillers and the Braille blank show nothing;
 * a combining mark shows nothing by itself.
 *
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const VISIBLE = /[^\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a text shows nothing, whatever characters it has. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text);
}

/**
 * A text with the three characters by which Slack's control sequences (mentions, links, dates) are written, as entities.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text (Escaping text)
 */
export function escapeSlackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
