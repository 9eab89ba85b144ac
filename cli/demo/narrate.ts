import type { PublishedMessage } from '../../infra/local/account/records.ts';
import type { RunningCell } from '../../infra/local/run.ts';
import type { CallRecord } from '../../infra/local/server/call-record.ts';
import type { Direction, Rule, RuleContent } from '../../shared/domain/rule.ts';
import { readPermission } from '../../shared/events/describe/permission.ts';
import { readMessage } from '../../shared/events/requests/message.ts';
import { canonicalKey } from '../../shared/network/canonical.ts';
import type { World } from '../../shared/network/exposure/trusted-space.ts';
import { formatRule } from '../../shared/network/text/format.ts';
import { slackMessage } from '../../shared/notifications/channels/slack/message.ts';
import type { Paint } from '../../shared/reports/paint.ts';
import { whyHarmless } from '../simulate/why-kept.ts';
import type { DemoAccount } from './account.ts';
import type { Scene } from './scenario.ts';
import { slackView } from './slack-view.ts';

/** What a scene came to. */
export interface Played {
  readonly closed: readonly { readonly rule: Rule; readonly ms: number }[];
  readonly left: readonly Rule[];
  readonly messages: readonly PublishedMessage[];
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  RevokeSecurityGroupIngress: 'ingress',
  RevokeSecurityGroupEgress: 'egress',
};

const keyOf = (groupId: unknown, content: RuleContent): string => `${String(groupId)} ${canonicalKey(content)}`;

/** The rules that a successful revoke names, by group and content. */
const revokedIn = ({ operation, errorCode, input }: CallRecord): readonly string[] => {
  const direction = DIRECTIONS[operation];
  if (direction === undefined || errorCode !== undefined) return [];
  const { GroupId, IpPermissions } = { GroupId: '', IpPermissions: [], ...input };
  const permissions: readonly unknown[] = IpPermissions;
  return permissions
    .flatMap((permission) => readPermission(permission, { direction }, operation, []))
    .map((content) => keyOf(GroupId, content));
};

/** When each rule was revoked, in the machine's milliseconds. */
const revocations = (cell: RunningCell, from: number): ReadonlyMap<string, number> =>
  new Map(cell.local.calls.slice(from).flatMap((call) => revokedIn(call).map((key) => [key, call.endedAt] as const)));

/** Plays a scene and waits until the cell has dealt with it. */
export const playScene = async (scene: Scene, account: DemoAccount, cell: RunningCell): Promise<Played> => {
  const [calls, messages] = [cell.local.calls.length, cell.local.messages.length];
  const brought = await scene.play(account);
  const made =
    cell.local.calls.findLast(({ operation }) => /^(Authorize|Modify|CreateVpc)/.test(operation))?.endedAt ?? 0;
  await cell.delivery.drain();
  const revoked = revocations(cell, calls);
  return {
    closed: brought.flatMap((rule) => {
      const at = revoked.get(keyOf(rule.groupId, rule));
      return at === undefined ? [] : [{ rule, ms: Math.max(0, at - made) }];
    }),
    left: brought.filter((rule) => !revoked.has(keyOf(rule.groupId, rule))),
    messages: cell.local.messages.slice(messages),
  };
};

const indented = (text: string, bar = '| '): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `      ${bar}${line}`)
    .join('\n');

const textFor = (protocol: 'default' | 'email', { message }: PublishedMessage): string => {
  const texts: Readonly<Record<string, string>> = JSON.parse(message);
  return texts[protocol] ?? '';
};

type AlertText = (message: PublishedMessage, paint: Paint) => string;

/** With its buttons. */
const asInSlack: AlertText = (message, paint) => {
  const view = slackView(slackMessage(readMessage(textFor('default', message))), paint);
  return `    ${paint('warning', 'alert, as Slack shows it')}\n${indented(view, '')}`;
};

const asEmail: AlertText = (message, paint) =>
  `    ${paint('warning', 'alert')}\n${indented(textFor('email', message))}`;

/** A scene as lines: what came in, what was closed and how soon, what was left and why, and the alert: the first scene's as Slack shows it. */
export const sceneText = (number: number, scene: Scene, played: Played, world: World, paint: Paint): string =>
  [
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
