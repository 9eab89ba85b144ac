import { type Actor, type Change, type ModifiedRule, matchesActor } from '../domain/change.ts';
import type { Control, ControlDocs } from '../domain/control.ts';
import type { FlappingOptions } from '../domain/control-options.ts';
import type { Episode } from '../domain/group-record.ts';
import { formatRule } from '../network/format.ts';
import { canonicalKey } from '../network/rule-key.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase, ingress, NO_FACTS } from './parts/documentation.ts';

const id = 'flapping';
const severity = 'medium';

const MINUTE_MS = 60_000;

/** An opening and the closing that ended it. */
interface Flap {
  readonly opened: Episode;
  readonly closed: Pick<Episode, 'at' | 'changeId' | 'actor'>;
}

function isSame(opened: Episode, closed: Episode): boolean {
  return (
    opened.content === closed.content &&
    (opened.ruleId === undefined || closed.ruleId === undefined || opened.ruleId === closed.ruleId)
  );
}

function isAnother(opened: Episode, { id: ruleId, content }: ModifiedRule): boolean {
  return ruleId === opened.ruleId && canonicalKey(content) !== opened.content;
}

/** Whether the change removed the opened rule without stating its content, or gave the rule other content. */
function endsOpening(opened: Episode, { trigger, added }: Change): boolean {
  if (added.kind !== 'rules' || opened.ruleId === undefined) return false;
  if (trigger === 'rules-removed') return added.ids.includes(opened.ruleId);
  return trigger === 'rules-modified' && (added.becoming ?? []).some((one) => isAnother(opened, one));
}

function closingsOf(opened: Episode, episodes: readonly Episode[], change: Change): readonly Flap['closed'][] {
  return [
    ...episodes.filter((one) => one.what === 'closed' && isSame(opened, one)),
    ...(endsOpening(opened, change)
      ? [{ at: change.at, changeId: change.id, ...(change.actor && { actor: change.actor }) }]
      : []),
  ];
}

/** The first closing of an opening within the time limit. */
function closingOf(
  opened: Episode,
  episodes: readonly Episode[],
  change: Change,
  { withinMinutes }: FlappingOptions,
): Flap['closed'] | undefined {
  return closingsOf(opened, episodes, change)
    .filter(({ at }) => at >= opened.at && at - opened.at <= withinMinutes * MINUTE_MS)
    .toSorted((a, b) => a.at - b.at)[0];
}

/**
 * Whether another cell of the account removed the rule. The policy names the roles of these cells. A removal
 * by somebody who stole such a role is still reported, because the cell of that role has no such removal in
 * its own ledger.
 */
function isByOtherCell({ actor }: Flap['closed'], { otherCells }: FlappingOptions): boolean {
  return actor !== undefined && otherCells.some((pattern) => matchesActor(pattern, actor));
}

/**
 * Openings that were closed within the limit. The change is the opening or the closing: events come in any
 * order.
 */
function flapsIn(episodes: readonly Episode[], change: Change, options: FlappingOptions): readonly Flap[] {
  return episodes
    .filter(({ what }) => what === 'opened')
    .flatMap((opened) => {
      const closed = closingOf(opened, episodes, change, options);
      if (closed === undefined || isByOtherCell(closed, options)) return [];
      return [opened.changeId, closed.changeId].includes(change.id) ? [{ opened, closed }] : [];
    });
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}

function by({ actor }: Pick<Episode, 'actor'>): string {
  const name = actor?.name ?? actor?.arn;
  return name === undefined ? '' : ` by ${name}`;
}

/** Describes the rule if the change states its content. */
function ruleText({ opened }: Flap, { added }: Change): string {
  const contents = added.kind === 'rules' ? added.contents : [];
  const content = contents.find((one) => canonicalKey(one) === opened.content);
  return content === undefined ? 'what would be a violation' : formatRule({ ...content, groupId: opened.groupId });
}

function describeFlap(flap: Flap, change: Change): string {
  const { opened, closed } = flap;
  return `${ruleText(flap, change)} was opened${by(opened)} and closed again${by(closed)} after ${span(closed.at - opened.at)}`;
}

/**
 * A rule that violates a control was opened, and somebody other than Portcullis closed it soon after.
 *
 * An opening of three minutes is over before anybody looks, and before a sweep sees it.
 *
 * @see https://attack.mitre.org/techniques/T1562/007/
 */
export const flapping: Control<'episodes' | 'change', FlappingOptions> = {
  id,
  title: 'A port was opened and soon closed again',
  severity,
  on: ['rules-added', 'rules-modified', 'rules-removed'],
  needs: { episodes: true, change: true },
  defaults: { fresh: 'alert', existing: 'off', remedy: 'revoke', withinMinutes: 60, otherCells: [] },
  evaluate: ({ facts: { episodes, change } }, options) => {
    const flaps = flapsIn(episodes, change, options);
    if (flaps.length === 0) return [];
    const [occasion = ''] = flaps.map(({ opened, closed }) => `${opened.changeId} ${closed.changeId}`).toSorted();
    return [
      {
        ...aboutGroup(id, severity, 'fresh', flaps.map((flap) => describeFlap(flap, change)).join('; ')),
        caseKey: occasion,
      },
    ];
  },
  explain: explainDetail,
};

const SSH = ingress('tcp', 22, '0.0.0.0/0');

function aChange(trigger: 'rules-added' | 'rules-removed', at: number): Change {
  return {
    ...NO_FACTS.change,
    id: trigger,
    trigger,
    added: { kind: 'rules', ids: [], contents: [SSH] },
    at: at * MINUTE_MS,
  };
}

function anEpisode(what: Episode['what'], at: number): Episode {
  return {
    groupId: SSH.groupId,
    content: canonicalKey(SSH),
    what,
    at: at * MINUTE_MS,
    changeId: what === 'opened' ? 'rules-added' : 'rules-removed',
  };
}

function aFlap(closedAt: number, last: 'rules-added' | 'rules-removed') {
  return {
    trigger: last,
    facts: {
      episodes: [anEpisode('opened', 0), anEpisode('closed', closedAt)],
      change: aChange(last, last === 'rules-added' ? 0 : closedAt),
    },
  };
}

/** The role of another cell, as CloudTrail records it. */
const OTHER_CELL: Actor = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/Portcullis-lab-OnChangeRole-1A2B3C/Portcullis-lab-on-change',
  role: 'arn:aws:iam::111122223333:role/Portcullis-lab-OnChangeRole-1A2B3C',
  name: 'Portcullis-lab-on-change',
  tool: 'sdk',
};

function closedByOtherCell(last: 'rules-added' | 'rules-removed') {
  const { trigger, facts } = aFlap(1, last);
  return {
    trigger,
    options: { otherCells: ['arn:aws:iam::111122223333:role/Portcullis-lab-OnChangeRole-1A2B3C'] },
    facts: { ...facts, episodes: [anEpisode('opened', 0), { ...anEpisode('closed', 1), actor: OTHER_CELL }] },
  };
}

/** Documentation of flapping. */
export const docs = {
  why: 'A port that is open for three minutes is enough to get in, and it is closed before anybody looks. Insiders and attackers with stolen credentials work like this, and so do scripts that need a port for a moment.',
  fires:
    'A rule that people would be told of was opened, and somebody other than Portcullis closed it (or modified it into another one) within `withinMinutes`. The ledger remembers openings and closings for a day, and their events may come in either order; each pair is told once. Rules that only together let in the world are not remembered. Another cell of Portcullis in the same account is somebody other: list the role of its on-change function under `otherCells`, and its removals do not count (`aws lambda get-function-configuration --function-name NAME-on-change --query Role` prints the ARN). The list hides no attack with such a role, because the cell that owns the role reports each removal that is not in its own ledger.',
  fix: () => ({
    instead:
      'Ask who opened the port. Check the flow logs and the hosts behind the group for connections of that time. For short access, use Session Manager or EC2 Instance Connect, which need no open port.',
    console:
      'CloudTrail → Event history → Resource name: the group. VPC → Flow logs: accepted connections of that time.',
    cli: 'aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=sg-web',
    cdk: "host.role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'));",
    terraform: [
      'resource "aws_iam_role_policy_attachment" "session_manager" {',
      '  role       = aws_iam_role.host.name',
      '  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"',
      '}',
    ].join('\n'),
  }),
  example: 'flapping: {withinMinutes: 15}',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html'],
  cases: () => ({
    invalid: [
      aCase('SSH open to the world for three minutes', [], aFlap(3, 'rules-removed')),
      aCase('the same, the event of the opening coming last', [], aFlap(3, 'rules-added')),
    ],
    valid: [
      aCase('closed the next morning', [], aFlap(600, 'rules-removed')),
      aCase('opened, and not closed yet', [], {
        trigger: 'rules-added',
        facts: { episodes: [anEpisode('opened', 0)], change: aChange('rules-added', 0) },
      }),
      aCase('closed within minutes of an opening that was told before', [], {
        ...aFlap(3, 'rules-removed'),
        facts: { ...aFlap(3, 'rules-removed').facts, change: { ...aChange('rules-removed', 9), id: 'a later change' } },
      }),
      aCase('closed by another cell that the policy names', [], closedByOtherCell('rules-removed')),
      aCase('the same, the event of the opening coming last', [], closedByOtherCell('rules-added')),
    ],
  }),
} satisfies ControlDocs;
