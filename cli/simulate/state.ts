import { canonicalKey } from '../../shared/exposure/canonical.ts';
import type { Change } from '../../shared/model/change.ts';
import type { Group } from '../../shared/model/group.ts';
import type { Rule } from '../../shared/model/rule.ts';
import type { AccountInput } from '../offline/account-input.ts';
import { OfflineGroups } from '../offline/groups.ts';
import { broughtRules, NOTHING } from './brought-rules.ts';
import { groupsToldBy } from './new-group.ts';

/** How rules are named that have no id in the input: a revoke goes by ids. */
const SIMULATED = 'sgr-simulated-';

const isSimulated = ({ id }: Rule): boolean => id === undefined || id.startsWith(SIMULATED);

/** The rules with one that an event brought: under its id, on the rule of the same content that has none yet, or as one more. */
const bring = (rules: readonly Rule[], brought: Rule): readonly Rule[] => {
  if (brought.id !== undefined && rules.some(({ id }) => id === brought.id)) return rules;
  const key = canonicalKey(brought);
  const at = rules.findIndex((rule) => isSimulated(rule) && canonicalKey(rule) === key);
  const known = rules[at];
  if (known === undefined) return [...rules, brought];
  return brought.id === undefined ? rules : rules.with(at, { ...brought, ...known, id: brought.id });
};

/** The account that events are played against, one after the other. Every rule in it has an id. */
export class SimulatedState {
  readonly groups: OfflineGroups;
  readonly #carried = new Set<string>();
  #named = 0;

  constructor({ groups, errors: _errors, ...supplements }: AccountInput) {
    this.groups = new OfflineGroups([], supplements.attachments, supplements);
    for (const group of groups) this.#put(group);
  }

  #put(group: Group): void {
    const rules = group.rules.map((rule) => (rule.id === undefined ? { ...rule, id: this.#newId() } : rule));
    this.groups.put({ ...group, rules });
  }

  #newId(): string {
    this.#named += 1;
    return `${SIMULATED}${this.#named}`;
  }

  #has(group: Group, { scope }: Change): boolean {
    return this.groups.groups.some((known) =>
      scope.by === 'default-group-of-vpc'
        ? known.name === group.name && known.vpcId === group.vpcId
        : known.id === group.id,
    );
  }

  /**
   * Brings the state to where it is after an event: the groups that it touches exist, and so do the rules that it brought. What the
   * state has already stays as it is, and an event that comes twice brings nothing the second time.
   *
   * @returns what had to be assumed.
   */
  carry(change: Change, event: unknown): readonly string[] {
    for (const group of groupsToldBy(change, event)) if (!this.#has(group, change)) this.#put(group);
    const { rules, notes } = this.#carried.has(change.id) ? NOTHING : broughtRules(change, event);
    this.#carried.add(change.id);
    for (const rule of rules) {
      const group = this.groups.groups.find(({ id }) => id === rule.groupId);
      if (group !== undefined) this.#put({ ...group, rules: bring(group.rules, rule) });
    }
    return notes;
  }
}
