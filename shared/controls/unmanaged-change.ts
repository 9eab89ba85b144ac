import { type Actor, type Change, matchesActor, type Trigger } from '../domain/change.ts';
import type { Control, ControlDocs } from '../domain/control.ts';
import type { ManagedOptions } from '../domain/control-options.ts';
import type { Finding } from '../domain/finding.ts';
import type { Rule, RuleContent } from '../domain/group.ts';
import { canonicalKey } from '../network/rule-key.ts';
import { aboutGroup, byFreshness, explainDetail } from './parts/common.ts';
import { aCase, ingress, NO_FACTS } from './parts/documentation.ts';

const id = 'unmanaged-change';
const severity = 'medium';

/**
 * A service acting for itself, by the type that AWS gives it or by its service-linked role. What a service does with somebody's own
 * credentials (`invokedBy`) is that somebody's doing.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
function isAws({ type, role = '' }: Actor): boolean {
  return type === 'AWSService' || /^arn:[^:]*:iam::\d*:role\/aws-service-role\//.test(role);
}

function isUnmanaged(actor: Actor | undefined, roles: readonly string[]): actor is Actor {
  return (
    roles.length > 0 && actor !== undefined && !isAws(actor) && !roles.some((pattern) => matchesActor(pattern, actor))
  );
}

/** Rules that the change brought and that are still as it brought them. */
function addedBy({ added: added }: Change, rules: readonly Rule[]): readonly Rule[] {
  if (added.kind !== 'rules') return [];
  const contents = new Set(added.contents.map(canonicalKey));
  const ids = new Set(added.ids);
  return rules.filter((rule) =>
    ids.size > 0 ? rule.id !== undefined && ids.has(rule.id) : contents.has(canonicalKey(rule)),
  );
}

/** Contents that the change took away and that no rule has now. */
function removedBy({ added: added }: Change, rules: readonly Rule[]): readonly RuleContent[] {
  const there = new Set(rules.map(canonicalKey));
  return added.kind === 'rules' ? added.contents.filter((content) => !there.has(canonicalKey(content))) : [];
}

function who({ name, arn, type }: Actor): string {
  return name ?? arn ?? type;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** What is judged: a change that somebody made, and the rules that the group has after it. */
interface Doing {
  readonly change: Change;
  readonly whose: string;
  readonly rules: readonly Rule[];
  readonly fresh: ReadonlySet<Rule>;
}

function addition({ change, whose, rules, fresh }: Doing): readonly Finding[] {
  const added = addedBy(change, rules);
  const detail = `${whose} added ${counted(added.length, 'rule')}`;
  return byFreshness(added, fresh).map((part) => ({ control: id, severity, ...part, exposures: [], detail }));
}

function removal({ change, whose, rules }: Doing): readonly Finding[] {
  const lost = removedBy(change, rules);
  if (lost.length > 0) {
    const detail = `${whose} removed ${counted(lost.length, 'rule')}`;
    return [{ ...aboutGroup(id, severity, 'fresh', detail), removedRules: lost }];
  }
  const detail = `${whose} removed rules that the event does not tell, or that are there again`;
  return [aboutGroup(id, severity, 'fresh', detail)];
}

function modification({ change: { added: added }, whose }: Doing): readonly Finding[] {
  const what = added.kind === 'rules' ? counted(added.ids.length, 'rule') : 'rules';
  const detail = `${whose} modified ${what} in place; no event tells what was there before, so the code has to be applied again`;
  return [aboutGroup(id, severity, 'fresh', detail)];
}

const JUDGES: Readonly<Partial<Record<Trigger, (doing: Doing) => readonly Finding[]>>> = {
  'rules-added': addition,
  'rules-removed': removal,
  'rules-modified': modification,
};

/**
 * Rules were changed by a principal that the policy does not name.
 *
 * In mode `enforce` exactly that change is reverted: what was added is removed, what was removed is given back.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
 */
export const unmanagedChange: Control<'change', ManagedOptions> = {
  id,
  title: 'A change outside infrastructure as code',
  severity,
  on: ['rules-added', 'rules-modified', 'rules-removed'],
  needs: { change: true },
  defaults: { fresh: 'observe', existing: 'off', remedy: 'revoke', roles: [] },
  runs: ({ roles }) => roles.length > 0,
  evaluate: ({ group, facts: { change }, fresh }, { roles }) => {
    const { actor } = change;
    if (!isUnmanaged(actor, roles)) return [];
    const whose = `${who(actor)}, whom the policy does not name under roles,`;
    return JUDGES[change.trigger]?.({ change, whose, rules: group.rules, fresh }) ?? [];
  },
  explain: explainDetail,
};

const HTTPS = ingress('tcp', 443, '10.0.0.0/8');

const ROLES = { roles: ['arn:aws:iam::111122223333:role/deploy-*'] };

const ANN: Actor = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ann', name: 'ann', tool: 'console' };

const DEPLOY: Actor = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/deploy-shop/run-7',
  name: 'run-7',
  tool: 'terraform',
};

const SCALING: Actor = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForElasticLoadBalancing/ElasticLoadBalancing',
  role: 'arn:aws:iam::111122223333:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing',
  tool: 'aws-service',
};

function changed(trigger: Change['trigger'], actor: Actor) {
  return {
    trigger,
    options: ROLES,
    facts: {
      change: {
        ...NO_FACTS.change,
        trigger,
        actor,
        added: { kind: 'rules', ids: [], contents: [HTTPS] },
      } satisfies Change,
    },
  };
}

/** Documentation of unmanaged-change. */
export const docs = {
  why: 'A rule that was changed by hand is not in the code: nobody reviewed it, the next deployment may take it away or trip over it, and a stolen password looks the same.',
  fires:
    "Rules were added, removed or modified by a principal that no ARN of `roles` matches; a session matches by its role (`arn:aws:iam::111122223333:role/deploy-*`). Without `roles` it does not run. Never by AWS services themselves, and never by Portcullis, which the ledger tells, not a name. A call that a service makes with somebody's own credentials is that somebody's. In mode `enforce` it reverts that change and no other: added rules are removed, removed ones are given back (unless another control forbids them) where the event tells what they were; a rule modified in place is only told of, since no event tells what it was.",
  fix: () => ({
    instead: 'Bring the change into the code, have it reviewed and deploy it; or undo it.',
    console: 'CloudFormation → the stack → Stack actions → Detect drift shows what differs from the template.',
    cli: 'aws cloudformation detect-stack-drift --stack-name shop-network',
    cdk: "ordersGroup.addIngressRule(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.tcp(443), 'from the office network');",
    terraform: '# terraform plan shows what differs; then put the rule into the code, or:\n# terraform apply',
  }),
  example: "unmanaged-change: {fresh: alert, roles: ['arn:aws:iam::111122223333:role/deploy-*']}",
  frameworks: {},
  see: ['https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html'],
  cases: () => ({
    invalid: [
      aCase('a rule added by hand', [HTTPS], changed('rules-added', ANN)),
      aCase('a rule removed by hand', [], changed('rules-removed', ANN)),
      aCase('a rule modified by hand', [], changed('rules-modified', ANN)),
    ],
    valid: [
      aCase('a rule added by the deployment', [HTTPS], changed('rules-added', DEPLOY)),
      aCase('a rule added by a service-linked role', [HTTPS], changed('rules-added', SCALING)),
      aCase('no roles in the policy', [HTTPS], { ...changed('rules-added', ANN), options: { roles: [] } }),
    ],
  }),
} satisfies ControlDocs;
