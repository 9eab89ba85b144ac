import type { Freshness } from '../../../shared/domain/controls/finding.ts';
import type { Outcome, Plan } from '../../../shared/domain/decision.ts';
import type { Episode } from '../../../shared/domain/episode.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Gist } from '../../../shared/domain/notifications/storm.ts';
import type { Answer, FollowUp } from '../../../shared/domain/requests/follow-up.ts';
import type { Asked } from '../../../shared/domain/requests/person.ts';
import type { Rule } from '../../../shared/domain/rule.ts';

/** When every test begins. */
export const START = Date.parse('2026-05-01T12:00:00Z');

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const GROUP = 'sg-00000000000000001';
export const OTHER_GROUP = 'sg-00000000000000002';

export const ruleOf = (id: string, description = 'ssh', groupId = GROUP): Rule => ({
  id,
  groupId,
  direction: 'ingress',
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  description,
  tags: { ticket: 'Ä-1' },
});

/** A name as plans have them: 26 characters, told apart by `letter`. */
export const planName = (letter: string): string => letter.repeat(26);

interface PlanParts {
  readonly rules?: readonly Rule[];
  readonly at?: number;
  readonly groupId?: string;
  readonly released?: Asked;
  readonly freshness?: Freshness;
}

export const planOf = (letter: string, parts: PlanParts = {}): Plan => {
  const { rules = [ruleOf(`sgr-${letter}`)], at = START, groupId = GROUP, released, freshness = 'fresh' } = parts;
  return {
    id: planName(letter),
    at,
    decision: {
      group: { id: groupId, name: 'web', tags: {} },
      rules,
      others: 0,
      because: [{ control: 'world-open-admin', severity: 'critical', freshness, rules, exposures: [] }],
      mode: 'enforce',
      remedy: 'revoke',
      limits: [],
      attached: { interfaces: 1, kinds: [{ kind: 'ec2', count: 1 }], ids: ['i-1'], hasPublicAddress: true },
    },
    change: {
      id: 'event-1',
      call: 'AuthorizeSecurityGroupIngress',
      trigger: 'rules-added',
      scope: { by: 'group-id', ids: [groupId] },
      brought: { kind: 'rules', ids: rules.flatMap((rule) => rule.id ?? []), contents: [] },
      at,
      account: '111122223333',
      region: 'eu-central-1',
    },
    steps: [{ do: 'revoke', groupId, direction: 'ingress', rules }],
    undo: [{ do: 'authorize', groupId, direction: 'ingress', rules }],
    ...(released && { released }),
  };
};

/** What a digest would say of an outcome, told apart by a number. */
export const gist = (number: number, more: Partial<Gist> = {}): Gist => ({
  id: String(number).padStart(26, 'P'),
  remediationId: String(number).padStart(26, 'R'),
  status: 'done',
  severity: 'high',
  control: 'world-open-admin',
  groupId: `sg-${String(number).padStart(17, '0')}`,
  groupName: 'web',
  account: '111122223333',
  region: 'eu-central-1',
  actor: 'ann@example.com',
  rules: 1,
  at: START,
  ...more,
});

/** What became of a plan: done, with everything removed, unless `more` says otherwise. */
export const outcomeOf = (plan: Plan, more: Partial<Outcome> = {}): Outcome => ({
  plan,
  status: 'done',
  removed: more.status === undefined || more.status === 'done' ? plan.decision.rules : [],
  alreadyGone: [],
  changed: [],
  at: plan.at,
  ...more,
});

export const askedAt = (at: number, name = 'ada'): Asked => ({
  by: { name, through: 'command-line' },
  reason: 'planned work',
  at,
});

export const answerAt = (at: number, verdict: Answer['verdict'] = 'released', name = 'ada'): Answer => ({
  ...askedAt(at, name),
  verdict,
});

export const followUpOf = (granted: readonly Rule[], at = START): FollowUp => ({
  ...askedAt(at),
  kind: 'restore',
  granted,
  refused: [],
});

export const exemptionOf = (id: string, more: Partial<Exemption> = {}): Exemption => ({
  ...askedAt(START),
  id,
  scope: { groupId: GROUP, control: 'world-open-admin' },
  owner: 'platform',
  ticket: 'T-1',
  until: START + 30 * DAY,
  ...more,
});

export const episodeOf = (changeId: string, more: Partial<Episode> = {}): Episode => ({
  groupId: GROUP,
  content: 'ingress tcp 22 22 0/0',
  what: 'opened',
  at: START,
  actor: { type: 'IAMUser', name: 'ada', tool: 'console' },
  changeId,
  ...more,
});
