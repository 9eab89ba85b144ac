import type { Change } from '../../../shared/domain/change.ts';
import type { Decision, Outcome, Plan } from '../../../shared/domain/decision.ts';
import { CallFailed } from '../../../shared/domain/errors.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Finding } from '../../../shared/domain/finding.ts';
import type { Rule } from '../../../shared/domain/group.ts';
import type { LedgerEntry, PostRemovalGrant } from '../../../shared/domain/ledger.ts';
import type { Message, MessageKind } from '../../../shared/domain/message.ts';
import type { DigestEntry, Notification } from '../../../shared/domain/notification.ts';
import type { MessageContext } from '../../../shared/notifications/compose/context.ts';
import { outcomeMessage } from '../../../shared/notifications/compose/message.ts';
import { notificationMessage } from '../../../shared/notifications/compose/notification.ts';

/** When all of it happens. */
export const AT = Date.parse('2026-01-02T03:04:05.000Z');
const DAY = 86_400_000;
const GROUP = 'sg-0123456789abcdef0';
const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

/** A cell whose account has an alias, and whose policy says where the documentation is. */
export const PLACE: MessageContext = {
  partition: 'aws',
  account: ACCOUNT,
  region: REGION,
  now: AT + 900_000,
  accountAlias: 'shop-production',
  settings: { ownerTags: ['owner', 'team'], docsUrl: 'https://docs.example.com/controls.md' },
};

/** `n` names the rule. */
export function ruleAt(n: number, port: number, cidr: string, description?: string): Rule {
  return {
    id: `sgr-${n.toString(16).padStart(17, '0')}`,
    groupId: GROUP,
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    source: { kind: cidr.includes(':') ? 'ipv6' : 'ipv4', cidr },
    ...(description !== undefined && { description }),
  };
}

const SSH = ruleAt(1, 22, '0.0.0.0/0', 'for the vendor');
const SSH_6 = ruleAt(2, 22, '::/0');

function finding(rules: readonly Rule[], more: Partial<Finding> = {}): Finding {
  return {
    control: 'world-open-admin',
    severity: 'critical',
    freshness: 'fresh',
    rules,
    exposures: [{ protocol: 'tcp', ports: [{ from: 22, to: 22 }], share: 1 }],
    ...more,
  };
}

const CHANGE: Change = {
  id: '0f1e2d3c-0000-4000-8000-000000000001',
  call: 'AuthorizeSecurityGroupIngress',
  trigger: 'rules-added',
  scope: { by: 'group-id', ids: [GROUP] },
  added: { kind: 'rules', ids: [SSH.id ?? '', SSH_6.id ?? ''], contents: [] },
  actor: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/alice@example.com`,
    role: `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_0123456789abcdef`,
    name: 'alice@example.com',
    sourceIp: '198.51.100.20',
    tool: 'console',
  },
  at: AT,
  account: ACCOUNT,
  region: REGION,
};

const DECISION: Decision = {
  group: {
    id: GROUP,
    name: 'web',
    description: 'web servers of the shop',
    vpcId: 'vpc-00000000000000001',
    tags: {
      owner: 'web-team',
      'aws:cloudformation:stack-name': 'web',
      'aws:cloudformation:stack-id': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/web/00000000-0000-4000-8000-000000000000`,
      'aws:cloudformation:logical-id': 'WebGroup',
    },
  },
  rules: [SSH, SSH_6],
  otherRuleCount: 3,
  findings: [finding([SSH, SSH_6])],
  mode: 'enforce',
  remedy: 'revoke',
  limits: [],
  attached: {
    interfaces: 4,
    kinds: [
      { kind: 'ec2', count: 3 },
      { kind: 'elb', count: 1 },
    ],
    ids: ['i-00000000000000001', 'i-00000000000000002', 'eni-00000000000000009'],
    hasPublicAddress: true,
  },
};

/** A plan that closes what the change opened. */
export function plan(decision: Partial<Decision> = {}, change: Partial<Change> = {}): Plan {
  return {
    id: 'sampleplan0123456789abcdef01',
    decision: { ...DECISION, ...decision },
    change: { ...CHANGE, ...change },
    steps: [],
    undo: [],
    at: AT + 2000,
  };
}

const CLOSED: Outcome = {
  plan: plan(),
  status: 'done',
  removed: [SSH, SSH_6],
  alreadyGone: [],
  changed: [],
  at: AT + 4200,
};

const untouched = { removed: [] } as const;
const existing = { findings: [finding([SSH, SSH_6], { freshness: 'existing' })] };

/** One outcome of each kind. */
export const OUTCOMES = {
  closed: CLOSED,
  open: {
    ...CLOSED,
    ...untouched,
    status: 'reported',
    plan: plan({
      mode: 'alert',
      limits: [{ mode: 'alert', why: 'runtime-switch', reason: 'the runtime switch is at alert' }],
    }),
  },
  pending: { ...CLOSED, ...untouched, status: 'pending', plan: plan({ mode: 'approve' }) },
  held: {
    ...CLOSED,
    ...untouched,
    status: 'held',
    plan: plan(existing, { id: 'sweep 2026-01-02', call: 'Sweep', trigger: 'sweep', added: { kind: 'unknown' } }),
  },
  failed: {
    ...CLOSED,
    ...untouched,
    status: 'failed',
    fault: new CallFailed(
      'RevokeSecurityGroupIngress',
      'UnauthorizedOperation',
      false,
      new Error('You are not authorized'),
    ),
  },
  fight: {
    ...CLOSED,
    reopenLoop: {
      times: 3,
      since: AT - 7_200_000,
      actors: [
        { type: 'AssumedRole', name: 'alice@example.com', sourceIp: '198.51.100.20', tool: 'console' },
        {
          type: 'AssumedRole',
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/run`,
          tool: 'terraform',
          sourceIp: '203.0.113.77',
        },
      ],
      quiet: false,
    },
  },
} as const satisfies Partial<Record<MessageKind, Outcome>>;

/** A finding that is no rule's: nothing can be removed. */
export const FOUND: Outcome = {
  ...OUTCOMES.open,
  plan: plan({
    rules: [],
    mode: 'alert',
    findings: [
      finding([], {
        control: 'one-group-everywhere',
        severity: 'medium',
        exposures: [],
        detail: 'it is on 120 interfaces',
      }),
    ],
  }),
};

/** The entry of an outcome. */
export function entryOf(outcome: Outcome): LedgerEntry {
  return {
    plan: outcome.plan,
    owner: 'invocation-1',
    heldUntil: 0,
    outcome,
    postRemovalGrants: [],
    completedSteps: [],
  };
}

/** A person who asks on the command line. */
export const BOB = {
  by: { name: 'bob@example.com', arn: `arn:aws:iam::${ACCOUNT}:user/bob`, through: 'command-line' },
  reason: 'the vendor needs it until Friday',
  at: AT + 600_000,
} as const;

const entry = entryOf(CLOSED);
const granted: PostRemovalGrant = {
  ...BOB,
  kind: 'restore',
  granted: [{ ...SSH, id: 'sgr-00000000000000009' }],
  refused: [],
};

const EXEMPTION: Exemption = {
  ...BOB,
  id: '0123456789abcdefghjkmnpqrs',
  scope: { groupId: GROUP, content: 'ingress tcp 22 22 0.0.0.0/0', control: 'world-open-admin' },
  owner: 'web-team',
  ticket: 'T-9',
  until: AT + 30 * DAY,
  place: { account: ACCOUNT, region: REGION },
};

/** `n` names the outcome; a third of them are of the worst. */
export function gist(n: number): DigestEntry {
  return {
    id: `plan-${n}`,
    remediationId: String(n).padStart(26, '0'),
    status: n % 5 === 0 ? 'failed' : 'done',
    severity: n % 3 === 0 ? 'high' : 'medium',
    control: n % 2 === 0 ? 'world-open-admin' : 'world-open-database',
    groupId: `sg-${n.toString(16).padStart(17, '0')}`,
    groupName: `app-${n}`,
    account: ACCOUNT,
    region: REGION,
    ...(n % 7 !== 0 && { actor: n % 2 === 0 ? 'pipeline-4711' : 'alice@example.com' }),
    rules: 1 + (n % 4),
    at: AT + n * 50,
  };
}

/** One of each kind that is no outcome's. */
export const NEWS = {
  restored: {
    id: 'x restore 1',
    what: 'granted',
    entry,
    followUp: { ...granted, exemption: { owner: 'web-team', until: AT + 30 * DAY } },
  },
  narrowed: {
    id: 'x narrow 1',
    what: 'granted',
    entry,
    followUp: { ...granted, kind: 'narrow', granted: [ruleAt(11, 22, '198.51.100.20/32')] },
  },
  reverted: { id: 'x revert 1', what: 'granted', entry, followUp: { ...granted, kind: 'revert' } },
  'not-granted': {
    id: 'x narrow 2',
    what: 'granted',
    entry,
    followUp: {
      ...granted,
      kind: 'narrow',
      granted: [],
      refused: [{ rule: SSH, reason: 'world-open-admin would close it again' }],
    },
  },
  released: {
    id: 'x released',
    what: 'answered',
    entry: entryOf(OUTCOMES.pending),
    answer: { ...BOB, verdict: 'released' },
  },
  declined: {
    id: 'x declined',
    what: 'answered',
    entry: entryOf(OUTCOMES.pending),
    answer: { ...BOB, verdict: 'declined' },
  },
  acknowledged: { id: 'x acknowledged', what: 'acknowledged', entry: entryOf(OUTCOMES.failed), asked: BOB },
  migrated: { id: 'x migrated', what: 'migrated', entry, because: ['create sg-00000000000000007', 'attach eni-1'] },
  'migration-stopped': {
    id: 'x stopped',
    what: 'migration-stopped',
    entry,
    because: ['eni-1 belongs to a service that does not let its groups be changed'],
  },
  'rolled-back': { id: 'x rolled back', what: 'rolled-back', entry, because: ['attach eni-1 to the old group'] },
  exempted: { id: 'exempted 1', what: 'exempted', exemption: EXEMPTION },
  expiring: { id: 'expiring 1', what: 'expiring', exemption: EXEMPTION },
  expired: { id: 'expired 1', what: 'expired', exemption: EXEMPTION },
  'exemption-ended': {
    id: 'ended 1',
    what: 'exemption-ended',
    exemption: { ...EXEMPTION, renewed: [BOB], ended: { ...BOB, reason: 'the vendor is done' } },
  },
  'exemption-ignored': {
    id: 'ignored 1',
    what: 'exemption-ignored',
    groupId: GROUP,
    others: 2,
    because: 'the policy does not let mallory exempt anything',
    asked: { ...BOB, by: { name: 'mallory', through: 'tag' } },
  },
  'budget-resumed': { id: 'budget-resumed 1', what: 'budget-resumed', asked: BOB, released: 4 },
  digest: {
    id: 'digest 1',
    what: 'digest',
    account: ACCOUNT,
    tally: {
      groups: 480,
      closing: 1,
      lines: [
        { standing: 'open', control: 'world-open-other', owner: 'web-team', groups: 3, rules: 4 },
        { standing: 'observed', control: 'group-unused', groups: 12, rules: 0 },
        { standing: 'closing', control: 'world-open-admin', groups: 1, rules: 2 },
      ],
      worst: [
        {
          standing: 'closing',
          control: 'world-open-admin',
          severity: 'critical',
          groupId: GROUP,
          groupName: 'web',
          region: REGION,
          owner: 'web-team',
          rules: 2,
        },
      ],
    },
  },
  'not-recorded': {
    id: 'recorder 2026-01-02 eu-west-1',
    what: 'not-recorded',
    account: ACCOUNT,
    region: REGION,
    because: [
      'The recorder default is stopped. To start it: aws configservice start-configuration-recorder --configuration-recorder-name default',
    ],
  },
  'sweep-held': {
    id: 'sweep-held 1',
    what: 'sweep-held',
    account: ACCOUNT,
    region: REGION,
    groups: 480,
    closing: 96,
    sweepShare: 0.05,
  },
  storm: {
    id: 'storm 1',
    what: 'storm',
    account: ACCOUNT,
    from: AT,
    until: AT + 60_000,
    gists: Array.from({ length: 1000 }, (_, i) => gist(i + 1)),
  },
} as const satisfies Partial<Record<MessageKind, Notification>>;

/** One message of each kind. */
export function messages(place: MessageContext = PLACE): Readonly<Record<MessageKind, Message>> {
  return {
    closed: outcomeMessage(OUTCOMES.closed, place),
    open: outcomeMessage(OUTCOMES.open, place),
    pending: outcomeMessage(OUTCOMES.pending, place),
    held: outcomeMessage(OUTCOMES.held, place),
    failed: outcomeMessage(OUTCOMES.failed, place),
    fight: outcomeMessage(OUTCOMES.fight, place),
    restored: notificationMessage(NEWS.restored, place),
    narrowed: notificationMessage(NEWS.narrowed, place),
    reverted: notificationMessage(NEWS.reverted, place),
    'not-granted': notificationMessage(NEWS['not-granted'], place),
    released: notificationMessage(NEWS.released, place),
    declined: notificationMessage(NEWS.declined, place),
    acknowledged: notificationMessage(NEWS.acknowledged, place),
    migrated: notificationMessage(NEWS.migrated, place),
    'migration-stopped': notificationMessage(NEWS['migration-stopped'], place),
    'rolled-back': notificationMessage(NEWS['rolled-back'], place),
    exempted: notificationMessage(NEWS.exempted, place),
    expiring: notificationMessage(NEWS.expiring, place),
    expired: notificationMessage(NEWS.expired, place),
    'exemption-ended': notificationMessage(NEWS['exemption-ended'], place),
    'exemption-ignored': notificationMessage(NEWS['exemption-ignored'], place),
    'budget-resumed': notificationMessage(NEWS['budget-resumed'], place),
    digest: notificationMessage(NEWS.digest, place),
    'not-recorded': notificationMessage(NEWS['not-recorded'], place),
    'sweep-held': notificationMessage(NEWS['sweep-held'], place),
    storm: notificationMessage(NEWS.storm, place),
  };
}
