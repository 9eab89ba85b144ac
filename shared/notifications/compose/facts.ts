import type { Change } from '../../domain/change.ts';
import type { AttachmentSummary, Outcome, Plan } from '../../domain/decision.ts';
import type { InterfaceOwner, Tags } from '../../domain/group.ts';
import type { Message } from '../../domain/message.ts';
import type { MessageContext } from './context.ts';
import { durationText, requestText, timeText, toolText, whoText } from './text.ts';

/** The facts of an outcome, the most important first. */
export function outcomeFacts(outcome: Outcome, context: MessageContext, owner: string | undefined): readonly Fact[] {
  const { plan } = outcome;
  const { decision, change, approved } = plan;
  return [
    ...actorFacts(change, !didNotOpen(plan)),
    ...fact('Open for', openForText(outcome)),
    ...fact('Attached to', decision.attached && attachedText(decision.attached)),
    ...fact('Owner', owner),
    ...planLocationFacts(plan, context),
    ...fact('Rules', ruleCounts(outcome)),
    ...fact(didNotOpen(plan) || hasNoEvent(plan) ? 'Noticed at' : 'Change', callText(plan)),
    ...fact('Made by', codeOrigin(decision.group.tags)),
    ...fact('Released by', approved && requestText(approved)),
  ];
}

/**
 * Tags that lead to the code that made a resource: CloudFormation's own, and those that Yor writes into
 * Terraform and CloudFormation.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 * @see https://github.com/bridgecrewio/yor
 */
const ORIGIN_TAGS = [
  ['stack', 'aws:cloudformation:stack-name'],
  ['resource', 'aws:cloudformation:logical-id'],
  ['repository', 'git_repo'],
  ['file', 'git_file'],
  ['commit', 'git_commit'],
] as const;

/** The code that a group comes from, according to its tags: `stack web, resource WebGroup`. */
export function codeOrigin(tags: Tags): string | undefined {
  const found = ORIGIN_TAGS.flatMap(([what, key]) => {
    const value = tags[key];
    return value === undefined ? [] : [`${what} ${value}`];
  });
  return found.length === 0 ? undefined : found.join(', ');
}

const OWNER_NAMES = {
  rds: 'RDS',
  elasticache: 'ElastiCache',
  elb: 'load balancer',
  lambda: 'Lambda',
  redshift: 'Redshift',
  dms: 'DMS',
  efs: 'EFS',
  'vpc-endpoint': 'VPC endpoint',
  'nat-gateway': 'NAT gateway',
  ecs: 'ECS',
  ec2: 'EC2',
  other: 'other',
} as const satisfies Record<InterfaceOwner, string>;

function interfacesText(count: number): string {
  return count === 1 ? '1 interface' : `${count} interfaces`;
}

/** `4 interfaces (3 EC2, 1 load balancer), with a public address: i-0…, eni-0… and others`. */
function attachedText({ interfaces: count, kinds, ids, hasPublicAddress }: AttachmentSummary): string {
  if (count === 0) return 'nothing';
  const shares = kinds.map((kind) => `${kind.count} ${OWNER_NAMES[kind.kind]}`).join(', ');
  const address = hasPublicAddress ? 'with a public address' : 'without a public address';
  return `${interfacesText(count)} (${shares}), ${address}: ${ids.join(', ')}${ids.length < count ? ' and others' : ''}`;
}

/** One fact of a message. */
export type Fact = Message['facts'][number];

/** A fact, or nothing if the text is empty. */
export function fact(label: string, text: string | undefined): readonly Fact[] {
  return text === undefined || text === '' ? [] : [{ label, text }];
}

/** `shop-production (111122223333)`, or only the number. */
export function accountText(account: string, context: MessageContext): string {
  return context.accountAlias !== undefined && account === context.account
    ? `${context.accountAlias} (${account})`
    : account;
}

/** Account, region and VPC of a plan. */
export function planLocationFacts({ decision, change }: Plan, context: MessageContext): readonly Fact[] {
  return [
    ...fact('Account', accountText(change.account, context)),
    ...fact('Region', change.region),
    ...fact('VPC', decision.group.vpcId),
  ];
}

/** Whether the change did not cause the findings, so that its actor is not to blame. */
function didNotOpen({ decision }: Plan): boolean {
  return decision.rules.length === 0 || decision.findings.every(({ freshness }) => freshness === 'existing');
}

/**
 * Whether a sweep found a new rule before its CloudTrail event arrived: nobody knows who added the rule, or
 * when.
 */
function hasNoEvent(plan: Plan): boolean {
  return plan.change.trigger === 'sweep' && !didNotOpen(plan);
}

/**
 * The API call of the change. Does not blame the call for an older opening. The rules of a new group may come
 * from later calls of other people, whose events have not arrived yet.
 */
function callText(plan: Plan): string {
  const { change, decision } = plan;
  const call = `${change.call}, ${timeText(change.at)}`;
  if (didNotOpen(plan)) return decision.rules.length === 0 ? call : `${call} (which did not open it)`;
  if (hasNoEvent(plan)) return `${call} (the rule is new; the event of the call that added it has not come)`;
  return change.trigger === 'group-created' ? `${call} (or a later call to the new group)` : call;
}

function actorFacts({ actor }: Change, isToBlame: boolean): readonly Fact[] {
  return actor === undefined
    ? []
    : [...fact(isToBlame ? 'Who' : 'Noticed at a call by', whoText(actor)), ...fact('With', toolText(actor))];
}

/** How long the rules were open, according to the events. */
function openForText({ plan, status, at, removed }: Outcome): string | undefined {
  if (plan.decision.rules.length === 0) return undefined;
  if (didNotOpen(plan)) return 'longer than the events tell: it was there before';
  if (hasNoEvent(plan)) return undefined;
  if (status === 'done' && removed.length > 0)
    return `${durationText(at - plan.change.at)} (new connections; tracked ones live on until they end)`;
  return status === 'done' ? undefined : `since ${timeText(plan.change.at)}, still open`;
}

function ruleCounts({ plan, status, removed }: Outcome): string | undefined {
  const { rules, otherRuleCount } = plan.decision;
  if (rules.length === 0) return undefined;
  const before = rules.length + otherRuleCount;
  return status === 'done' || removed.length > 0 ? `${before} before, ${before - removed.length} after` : `${before}`;
}
