import type { AddedRules, Change, ModifiedRule } from '../../../shared/domain/change.ts';
import type { Direction, Group, Rule, RuleContent, Source } from '../../../shared/domain/group.ts';
import { openRecord, partOf, wrappedPart } from '../../../shared/events/cloudtrail/record.ts';
import { cidrSource } from '../../../shared/events/describe/rule-fields.ts';
import { asFields, type Fields, listField, textField } from '../../../shared/events/json.ts';
import { canonicalKey } from '../../../shared/network/rule-key.ts';

/** The rules of a group after an event. */
export interface RuleEffect {
  readonly rules: readonly Rule[];
  /** Assumptions that were made. */
  readonly notes: readonly string[];
}

/**
 * The entries of a prefix list after ModifyManagedPrefixList. Throws InputInvalid for an entry that is not a
 * CIDR block.
 */
export function entriesAfter(cidrs: readonly string[], event: unknown): readonly string[] {
  const request = wrappedPart(openRecord(event), 'requestParameters', 'ModifyManagedPrefixListRequest');
  const [added, removed] = [
    entriesIn(request, ['addentry', 'addentries']),
    entriesIn(request, ['removeentry', 'removeentries']).map(cidrKey),
  ];
  const left = cidrs.filter((cidr) => !removed.includes(cidrKey(cidr)));
  const known = new Set(left.map(cidrKey));
  return [...left, ...added.filter((cidr) => !known.has(cidrKey(cidr)))];
}

function entriesIn(request: Fields, names: readonly string[]): readonly string[] {
  return names
    .flatMap((name) => listField(request, name))
    .flatMap((entry) => textField(asFields(entry) ?? {}, 'cidr') ?? []);
}

/** The key of a CIDR block. Different spellings of a block have the same key. */
function cidrKey(cidr: string): string {
  return canonicalKey({ direction: 'ingress', protocol: '-1', source: cidrSource(cidr, 'Cidr') });
}

/** The groups of a change as its event describes them. Empty if the event does not name them by id. */
export function groupsInEvent(change: Change, event: unknown): readonly Group[] {
  const { scope } = change;
  switch (scope.by) {
    case 'group-id':
      return scope.ids.map((id) => bareGroup(id, change, event));
    case 'default-group-of-vpc':
      return scope.vpcIds.map((vpcId) => defaultGroup(vpcId, vpcId.replace(/^vpc-/, 'sg-default-of-')));
    case 'group-name':
    case 'rule-id':
    case 'prefix-list':
    case 'interface':
      return [];
    default:
      return scope satisfies never;
  }
}

/** A group as the event describes it. Its only rule is the outbound rule that EC2 adds to every new group. */
function bareGroup(id: string, change: Change, event: unknown): Group {
  const request = partOf(openRecord(event), 'requestParameters');
  const vpcId = textField(request, 'vpcId');
  return {
    id,
    name: textField(request, 'groupName') ?? '',
    ...(vpcId === undefined ? {} : { vpcId }),
    tags: {},
    rules: change.trigger === 'group-created' ? [outbound(id)] : [],
  };
}

function outbound(groupId: string): Rule {
  return allTraffic(groupId, 'egress', { kind: 'ipv4', cidr: '0.0.0.0/0' });
}

function allTraffic(groupId: string, direction: Direction, source: Source): Rule {
  return {
    groupId,
    direction,
    protocol: '-1',
    fromPort: -1,
    toPort: -1,
    source,
  };
}

/**
 * The default group of a new VPC. It allows all traffic between its members and all outbound traffic.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
function defaultGroup(vpcId: string, id: string): Group {
  return {
    id,
    name: 'default',
    vpcId,
    tags: {},
    rules: [allTraffic(id, 'ingress', { kind: 'group', groupId: id }), outbound(id)],
  };
}

/** Prefix of the ids of rules without an id in the input. */
export const SIMULATED_ID_PREFIX = 'sgr-simulated-';

/** The rules of a group after an event that adds, modifies or removes some of them. Pure. */
export function applyRules({ id, rules }: Group, { added, trigger }: Change): RuleEffect {
  if (added.kind !== 'rules') return { rules, notes: [] };
  if (trigger === 'rules-added') return addRules(id, rules, added);
  if (trigger === 'rules-modified') return modifyRules(id, rules, added.becoming ?? []);
  return trigger === 'rules-removed' ? removeRules(rules, added) : { rules, notes: [] };
}

type NamedRules = Extract<AddedRules, { kind: 'rules' }>;

function addRules(groupId: string, rules: readonly Rule[], { ids, contents }: NamedRules): RuleEffect {
  const isPaired = ids.length === contents.length;
  const added = contents.map((content, index): Rule => {
    const id = isPaired ? ids[index] : undefined;
    return { groupId, ...(id === undefined ? {} : { id }), ...content };
  });
  return { rules: added.reduce(withAdded, rules), notes: [] };
}

/**
 * Adds one rule, unless the state already includes it: by its id, or without an id and with the same content.
 */
function withAdded(rules: readonly Rule[], added: Rule): readonly Rule[] {
  if (added.id !== undefined && rules.some(({ id }) => id === added.id)) return rules;
  const key = canonicalKey(added);
  const at = rules.findIndex((rule) => isSimulated(rule) && canonicalKey(rule) === key);
  const known = rules[at];
  if (known === undefined) return [...rules, added];
  return added.id === undefined ? rules : rules.with(at, { ...added, ...known, id: added.id });
}

function isSimulated({ id }: Rule): boolean {
  return id === undefined || id.startsWith(SIMULATED_ID_PREFIX);
}

const ASSUMED_INBOUND =
  'the event does not tell the direction of a modified rule: taken as inbound, as the rule is not known from before.';

function modifyRules(groupId: string, rules: readonly Rule[], becoming: readonly ModifiedRule[]): RuleEffect {
  const unknown = becoming.filter(({ id }) => !rules.some((rule) => rule.id === id));
  const contents = new Map(becoming.map(({ id, content }) => [id, content]));
  const modified = rules.map((rule) => {
    const content = rule.id === undefined ? undefined : contents.get(rule.id);
    return content === undefined ? rule : replaced(rule, content);
  });
  return {
    rules: [...modified, ...unknown.map(({ id, content }): Rule => ({ groupId, id, ...content }))],
    notes: unknown.length === 0 ? [] : [ASSUMED_INBOUND],
  };
}

/** Modifies a rule. Its direction and tags stay: the event does not state the direction. */
function replaced({ description: _description, ...known }: Rule, content: RuleContent): Rule {
  return { ...known, ...content, direction: known.direction };
}

/**
 * Removes rules by id. Rules without an id in the input are removed by content, and so are all if the event
 * has no ids.
 */
function removeRules(rules: readonly Rule[], { ids, contents }: NamedRules): RuleEffect {
  const [removedIds, keys] = [new Set(ids), new Set(contents.map(canonicalKey))];
  const isRemovedByContent = (rule: Rule) => (ids.length === 0 || isSimulated(rule)) && keys.has(canonicalKey(rule));
  return { rules: rules.filter((rule) => !removedIds.has(rule.id ?? '') && !isRemovedByContent(rule)), notes: [] };
}

/** Whether an event that adds or modifies rules states their content. */
export function tellsContents({ added, trigger }: Change): boolean {
  if (added.kind !== 'rules') return false;
  return trigger === 'rules-modified'
    ? added.ids.every((id) => (added.becoming ?? []).some((one) => one.id === id))
    : added.contents.length > 0;
}
