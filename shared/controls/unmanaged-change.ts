import { type Actor, type Change, matchesActor, type Trigger } from '../domain/change.ts';
import type { Control, ControlDocs } from '../domain/control.ts';
import type { ManagedOptions } from '../domain/control-options.ts';
import type { Finding } from '../domain/finding.ts';
import type { Rule, RuleContent } from '../domain/group.ts';
import { canonicalKey } from '../network/rule-key.ts';
import { aboutGroup, explainDetail, ruleFindings } from './parts/common.ts';
import { aCase, ingress, NO_FACTS } from './parts/documentation.ts';

const id = 'unmanaged-change';
const severity = 'medium';

/**
 * Whether an AWS service acts for itself: by the actor's type, or by a service-linked role. If a service acts
 * with the credentials of a principal (`invokedBy`), the change belongs to that principal.
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

/** Rules that the change added and that still have the added content. */
function addedBy({ added }: Change, rules: readonly Rule[]): readonly Rule[] {
  if (added.kind !== 'rules') return [];
  const contents = new Set(added.contents.map(canonicalKey));
  const ids = new Set(added.ids);
  return rules.filter((rule) =>
    ids.size > 0 ? rule.id !== undefined && ids.has(rule.id) : contents.has(canonicalKey(rule)),
  );
}

/** Contents that the change removed and that no rule has now. */
function removedBy({ added }: Change, rules: readonly Rule[]): readonly RuleContent[] {
  const there = new Set(rules.map(canonicalKey));
  return added.kind === 'rules' ? added.contents.filter((content) => !there.has(canonicalKey(content))) : [];
}

function who({ name, arn, type }: Actor): string {
  return name ?? arn ?? type;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A change, and the rules of the group after it. */
interface ChangeCase {
  readonly change: Change;
  readonly whose: string;
  readonly rules: readonly Rule[];
  readonly fresh: ReadonlySet<Rule>;
}

function addition({ change, whose, rules, fresh }: ChangeCase): readonly Finding[] {
  const added = addedBy(change, rules);
  const detail = `${whose} added ${counted(added.length, 'rule')}`;
  return ruleFindings(id, severity, added, fresh).map((finding) => ({ ...finding, detail }));
}

function removal({ change, whose, rules }: ChangeCase): readonly Finding[] {
  const removedRules = removedBy(change, rules);
  if (removedRules.length > 0) {
    const detail = `${whose} removed ${counted(removedRules.length, 'rule')}`;
    return [{ ...aboutGroup(id, severity, 'fresh', detail), removedRules }];
  }
  const detail = `${whose} removed rules that the event does not tell, or that are there again`;
  return [aboutGroup(id, severity, 'fresh', detail)];
}

function modification({ change: { added }, whose }: ChangeCase): readonly Finding[] {
  const what = added.kind === 'rules' ? counted(added.ids.length, 'rule') : 'rules';
  const detail = `${whose} modified ${what} in place; no event tells what was there before, so the code has to be applied again`;
  return [aboutGroup(id, severity, 'fresh', detail)];
}

const EVALUATE_BY_TRIGGER: Readonly<Partial<Record<Trigger, (one: ChangeCase) => readonly Finding[]>>> = {
  'rules-added': addition,
  'rules-removed': removal,
  'rules-modified': modification,
};

/**
 * A principal that the policy does not name changed rules.
 *
 * In mode `enforce`, exactly this change is reverted: added rules are removed and removed rules are restored.
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
    return EVALUATE_BY_TRIGGER[change.trigger]?.({ change, whose, rules: group.rules, fresh }) ?? [];
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
  why: 'A rule that was changed by hand is not in the code. Nobody reviewed it, the next deployment may remove it or fail because of it, and a change with a stolen password looks the same.',
  fires:
    'A principal that no ARN of `roles` matches added, removed or modified rules. A session matches by its role (`arn:aws:iam::111122223333:role/deploy-*`). Without `roles` the control does not run. Changes by AWS services themselves do not count, and neither do changes by Portcullis, which are recognised by the ledger. If a service acts with the credentials of a principal, the change belongs to that principal. In mode `enforce`, the control reverts exactly this change: added rules are removed, and removed rules are restored if the event states them and no other control forbids them. If a rule was modified in place, people are only notified because no event states the previous content.',
  fix: () => ({
    instead: 'Add the change to the code, have it reviewed and deploy it. Otherwise undo the change.',
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
