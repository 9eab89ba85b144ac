import type { RunningCell } from '../../infra/local/cell/run-cell.ts';
import type { CallRecord } from '../../infra/local/dispatch.ts';
import type { PublishedMessage } from '../../infra/local/state/records.ts';
import type { SlackMessage } from '../../shared/domain/delivery.ts';
import type { Direction, Rule, RuleContent } from '../../shared/domain/group.ts';
import { readPermission } from '../../shared/events/describe/rules.ts';
import { type Fields, isFields } from '../../shared/events/json.ts';
import { readMessage } from '../../shared/events/requests/queued-message.ts';
import { formatRule } from '../../shared/network/format.ts';
import type { World } from '../../shared/network/public-space.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { slackMessage } from '../../shared/notifications/channels/slack/message.ts';
import type { Paint } from '../../shared/reports/text.ts';
import { whyHarmless } from '../commands/simulate/verdicts.ts';
import type { DemoAccount } from './account.ts';
import type { Scene } from './scenario.ts';

function elementsOf({ elements }: Fields): readonly Fields[] {
  return Array.isArray(elements) ? elements.filter(isFields) : [];
}

/** Slack's three entities, as people see them. */
function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The text of a text object, or of what holds one. */
function slackText(value: unknown): string {
  if (typeof value === 'string') return decoded(value);
  return isFields(value) ? slackText(value['text']) : '';
}

function isBold({ style }: Fields): boolean {
  return isFields(style) && style['bold'] === true;
}

/** Words of rich text, which has no entities. An arrow stands for a link. */
function richTextWords(elements: readonly Fields[], paint: Paint): string {
  return elements
    .map((element) => {
      const text = typeof element['text'] === 'string' ? element['text'] : '';
      if (element['type'] === 'link') return `${text} ↗`;
      return isBold(element) ? paint('strong', text) : text;
    })
    .join('');
}

function boxed(text: string): readonly string[] {
  const lines = text.split('\n');
  const width = Math.max(...lines.map((line) => line.length));
  return [`┌─${'─'.repeat(width)}─┐`, ...lines.map((line) => `│ ${line.padEnd(width)} │`), `└─${'─'.repeat(width)}─┘`];
}

function richText(block: Fields, paint: Paint): readonly string[] {
  return elementsOf(block).flatMap((element) => {
    const text = richTextWords(elementsOf(element), paint);
    return element['type'] === 'rich_text_preformatted' ? boxed(text) : text.split('\n');
  });
}

function section(block: Fields): readonly string[] {
  return [
    ...slackText(block).split('\n'),
    ...(Array.isArray(block['fields']) ? block['fields'].flatMap((field) => slackText(field).split('\n')) : []),
  ];
}

const BUTTON_TONES = { danger: 'bad', primary: 'good' } as const;

function button(element: Fields, paint: Paint): string {
  const { style } = element;
  const label = `[ ${slackText(element)} ]`;
  return style === 'danger' || style === 'primary' ? paint(BUTTON_TONES[style], label) : label;
}

function blockLines(block: Fields, paint: Paint): readonly string[] {
  switch (block['type']) {
    case 'header':
      return [paint('strong', slackText(block))];
    case 'context':
      return [paint('faint', elementsOf(block).map(slackText).join('  '))];
    case 'rich_text':
      return richText(block, paint);
    case 'section':
      return section(block);
    case 'actions':
      return [
        elementsOf(block)
          .map((element) => button(element, paint))
          .join('  '),
      ];
    case 'divider':
      return ['─'.repeat(40)];
    default:
      return [`(a block of type ${String(block['type'])}, which is not shown here)`];
  }
}

/** A message as Slack shows it, on a terminal: its blocks from the top, with a bar at the side. */
export function slackView({ blocks }: SlackMessage, paint: Paint): string {
  return blocks
    .flatMap((block, i) => [...(i > 1 ? [''] : []), ...blockLines(block, paint)])
    .map((line) => `┃ ${line}`.trimEnd())
    .join('\n');
}

/** What a scene came to. */
export interface PlayedScene {
  readonly closed: readonly { readonly rule: Rule; readonly ms: number }[];
  readonly left: readonly Rule[];
  readonly messages: readonly PublishedMessage[];
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  RevokeSecurityGroupIngress: 'ingress',
  RevokeSecurityGroupEgress: 'egress',
};

function keyOf(groupId: unknown, content: RuleContent): string {
  return `${String(groupId)} ${canonicalKey(content)}`;
}

/** The rules that a successful revoke names, by group and content. */
function revokedIn({ operation, errorCode, input }: CallRecord): readonly string[] {
  const direction = DIRECTIONS[operation];
  if (direction === undefined || errorCode !== undefined) return [];
  const { GroupId, IpPermissions } = { GroupId: '', IpPermissions: [], ...input };
  const permissions: readonly unknown[] = IpPermissions;
  return permissions
    .flatMap((permission) => readPermission(permission, { direction }, operation, []))
    .map((content) => keyOf(GroupId, content));
}

/** When each rule was revoked, in the machine's milliseconds. */
function revocations(cell: RunningCell, from: number): ReadonlyMap<string, number> {
  return new Map(
    cell.local.calls.slice(from).flatMap((call) => revokedIn(call).map((key) => [key, call.endedAt] as const)),
  );
}

/** Plays a scene and waits until the cell has dealt with it. */
export async function playScene(scene: Scene, account: DemoAccount, cell: RunningCell): Promise<PlayedScene> {
  const [calls, messages] = [cell.local.calls.length, cell.local.messages.length];
  const added = await scene.play(account);
  const made =
    cell.local.calls.findLast(({ operation }) => /^(Authorize|Modify|CreateVpc)/.test(operation))?.endedAt ?? 0;
  await cell.delivery.drain();
  const revoked = revocations(cell, calls);
  return {
    closed: added.flatMap((rule) => {
      const at = revoked.get(keyOf(rule.groupId, rule));
      return at === undefined ? [] : [{ rule, ms: Math.max(0, at - made) }];
    }),
    left: added.filter((rule) => !revoked.has(keyOf(rule.groupId, rule))),
    messages: cell.local.messages.slice(messages),
  };
}

function indented(text: string, bar = '| '): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `      ${bar}${line}`)
    .join('\n');
}

function messageText(protocol: 'default' | 'email', { message }: PublishedMessage): string {
  const texts: Readonly<Record<string, string>> = JSON.parse(message);
  return texts[protocol] ?? '';
}

type AlertText = (message: PublishedMessage, paint: Paint) => string;

/** With its buttons. */
const asInSlack: AlertText = (message, paint) => {
  const view = slackView(slackMessage(readMessage(messageText('default', message))), paint);
  return `    ${paint('warning', 'alert, as Slack shows it')}\n${indented(view, '')}`;
};

const asEmail: AlertText = (message, paint) =>
  `    ${paint('warning', 'alert')}\n${indented(messageText('email', message))}`;

/** A scene as lines: what came in, what was closed and how soon, what was left and why, and the alert: the first scene's as Slack shows it. */
export function sceneText(number: number, scene: Scene, played: PlayedScene, world: World, paint: Paint): string {
  return [
    `${String(number).padStart(2)}  ${paint('strong', scene.title)}`,
    ...played.closed.map(
      ({ rule, ms }) =>
        `    ${paint('bad', 'closed')}  ${formatRule(rule)}  ${paint('faint', `after ${Math.round(ms)} ms`)}`,
    ),
    ...played.left.map(
      (rule) =>
        `    ${paint('good', 'left')}    ${formatRule(rule)}  ${paint('faint', scene.leave ?? whyHarmless(rule, world) ?? 'the policy has no objection')}`,
    ),
    ...played.messages.map((message) => (number === 1 ? asInSlack : asEmail)(message, paint)),
    '',
  ].join('\n');
}
