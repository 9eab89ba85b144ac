import type { Outcome, Plan } from '../../../shared/domain/decision.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Freshness } from '../../../shared/domain/finding.ts';
import type { Rule } from '../../../shared/domain/group.ts';
import type { Episode } from '../../../shared/domain/group-record.ts';
import type { Attribution } from '../../../shared/domain/identity.ts';
import type { ApprovalAnswer, PostRemovalGrant } from '../../../shared/domain/ledger.ts';
import type { DigestEntry } from '../../../shared/domain/notification.ts';

/** When every test begins. */
export const START = Date.parse('2026-05-01T12:00:00Z');

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const GROUP = 'sg-00000000000000001';
export const OTHER_GROUP = 'sg-00000000000000002';

export function ruleOf(id: string, description = 'ssh', groupId = GROUP): Rule {
  return {
    id,
    groupId,
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
    description,
    tags: { ticket: 'Ä-1' },
  };
}

/** A name as plans have them: 26 characters, told apart by `letter`. */
export function planName(letter: string): string {
  return letter.repeat(26);
}

interface PlanParts {
  readonly rules?: readonly Rule[];
  readonly at?: number;
  readonly groupId?: string;
  readonly released?: Attribution;
  readonly freshness?: Freshness;
}

export function planOf(letter: string, parts: PlanParts = {}): Plan {
  const { rules = [ruleOf(`sgr-${letter}`)], at = START, groupId = GROUP, released, freshness = 'fresh' } = parts;
  return {
    id: planName(letter),
    at,
    decision: {
      group: { id: groupId, name: 'web', tags: {} },
      rules,
      otherRuleCount: 0,
      findings: [{ control: 'world-open-admin', severity: 'critical', freshness, rules, exposures: [] }],
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
      added: { kind: 'rules', ids: rules.flatMap((rule) => rule.id ?? []), contents: [] },
      at,
      account: '111122223333',
      region: 'eu-central-1',
    },
    steps: [{ do: 'revoke', groupId, direction: 'ingress', rules }],
    undo: [{ do: 'authorize', groupId, direction: 'ingress', rules }],
    ...(released && { approved: released }),
  };
}

/** What a digest would say of an outcome, told apart by a number. */
export function gist(number: number, more: Partial<DigestEntry> = {}): DigestEntry {
  return {
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
  };
}

/** What became of a plan: done, with everything removed, unless `more` says otherwise. */
export function outcomeOf(plan: Plan, more: Partial<Outcome> = {}): Outcome {
  return {
    plan,
    status: 'done',
    removed: more.status === undefined || more.status === 'done' ? plan.decision.rules : [],
    alreadyGone: [],
    changed: [],
    at: plan.at,
    ...more,
  };
}

export function askedAt(at: number, name = 'ada'): Attribution {
  return {
    by: { name, through: 'command-line' },
    reason: 'planned work',
    at,
  };
}

export function answerAt(at: number, verdict: ApprovalAnswer['verdict'] = 'released', name = 'ada'): ApprovalAnswer {
  return {
    ...askedAt(at, name),
    verdict,
  };
}

export function followUpOf(granted: readonly Rule[], at = START): PostRemovalGrant {
  return {
    ...askedAt(at),
    kind: 'restore',
    granted,
    refused: [],
  };
}

export function exemptionOf(id: string, more: Partial<Exemption> = {}): Exemption {
  return {
    ...askedAt(START),
    id,
    scope: { groupId: GROUP, control: 'world-open-admin' },
    owner: 'platform',
    ticket: 'T-1',
    until: START + 30 * DAY,
    ...more,
  };
}

export function episodeOf(changeId: string, more: Partial<Episode> = {}): Episode {
  return {
    groupId: GROUP,
    content: 'ingress tcp 22 22 0/0',
    what: 'opened',
    at: START,
    actor: { type: 'IAMUser', name: 'ada', tool: 'console' },
    changeId,
    ...more,
  };
}
