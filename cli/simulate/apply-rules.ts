import type { Becoming, Brought, Change } from '../../shared/domain/change.ts';
import type { Group } from '../../shared/domain/group.ts';
import type { Rule, RuleContent } from '../../shared/domain/rule.ts';
import { canonicalKey } from '../../shared/network/canonical.ts';

/** How rules are named that have no id in the input. */
export const SIMULATED = 'sgr-simulated-';

const isSimulated = ({ id }: Rule): boolean => id === undefined || id.startsWith(SIMULATED);

type NamedRules = Extract<Brought, { kind: 'rules' }>;

/** What an event does to the rules of a group. */
export interface Applied {
  readonly rules: readonly Rule[];
  /** What had to be assumed. */
  readonly notes: readonly string[];
}

/**
 * Adds one rule. A state from after the event has the rule already: under its id, or without an id and with the same content.
 */
function withAdded(rules: readonly Rule[], added: Rule): readonly Rule[] {
  if (added.id !== undefined && rules.some(({ id }) => id === added.id)) return rules;
  const key = canonicalKey(added);
  const at = rules.findIndex((rule) => isSimulated(rule) && canonicalKey(rule) === key);
  const known = rules[at];
  if (known === undefined) return [...rules, added];
  return added.id === undefined ? rules : rules.with(at, { ...added, ...known, id: added.id });
}

function add(groupId: string, rules: readonly Rule[], { ids, contents }: NamedRules): Applied {
  const isPaired = ids.length === contents.length;
  const added = contents.map((content, index): Rule => {
    const id = isPaired ? ids[index] : undefined;
    return { groupId, ...(id === undefined ? {} : { id }), ...content };
  });
  return { rules: added.reduce(withAdded, rules), notes: [] };
}

/** A modification replaces all of a rule but its direction, which the event does not tell, and its tags. */
function replaced({ description: _description, ...known }: Rule, content: RuleContent): Rule {
  return { ...known, ...content, direction: known.direction };
}

const ASSUMED_INBOUND =
  'the event does not tell the direction of a modified rule: taken as inbound, as the rule is not known from before.';

function modify(groupId: string, rules: readonly Rule[], becoming: readonly Becoming[]): Applied {
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

/** Removes rules by id. Rules without an id in the input go by content, and so do all if the event has no ids. */
function remove(rules: readonly Rule[], { ids, contents }: NamedRules): Applied {
  const [gone, keys] = [new Set(ids), new Set(contents.map(canonicalKey))];
  const goesByContent = (rule: Rule) => (ids.length === 0 || isSimulated(rule)) && keys.has(canonicalKey(rule));
  return { rules: rules.filter((rule) => !gone.has(rule.id ?? '') && !goesByContent(rule)), notes: [] };
}

/** The rules of a group after an event that adds, modifies or removes some of them. Pure. */
export function applyRules({ id, rules }: Group, { brought, trigger }: Change): Applied {
  if (brought.kind !== 'rules') return { rules, notes: [] };
  if (trigger === 'rules-added') return add(id, rules, brought);
  if (trigger === 'rules-modified') return modify(id, rules, brought.becoming ?? []);
  return trigger === 'rules-removed' ? remove(rules, brought) : { rules, notes: [] };
}

/** Whether an event that adds or modifies rules tells what they let through. */
export function tellsContents({ brought, trigger }: Change): boolean {
  if (brought.kind !== 'rules') return false;
  return trigger === 'rules-modified'
    ? brought.ids.every((id) => (brought.becoming ?? []).some((one) => one.id === id))
    : brought.contents.length > 0;
}
