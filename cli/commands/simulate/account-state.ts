import type { Change, Scope } from '../../../shared/domain/change.ts';
import type { Group } from '../../../shared/domain/group.ts';
import { type AccountInput, withCidrs } from '../../input/account-input.ts';
import { applyRules, entriesAfter, groupsInEvent, SIMULATED_ID_PREFIX, tellsContents } from './event-effects.ts';
import { InMemoryGroups } from './in-memory-groups.ts';

/** The effect of an event on the state. */
export interface Effect {
  /** Assumptions that were made. */
  readonly notes: readonly string[];
  /** Unknown groups or rules of the event, which are not judged, or only in part. */
  readonly unknown: readonly string[];
}

const NO_ACCOUNT: AccountInput = { groups: [], errors: [], lists: new Map() };

const STATE_HINT =
  'give --state FILE with what aws ec2 describe-security-groups and describe-security-group-rules print';

/** Says which part of a scope is unknown. */
function unknownText(scope: Scope): string {
  switch (scope.by) {
    case 'group-id':
      return `the rules of ${scope.ids.join(', ')} are unknown`;
    case 'group-name':
      return `no known group is named ${scope.names.join(', ')}`;
    case 'rule-id':
      return `no known group has the rule ${scope.ids.join(', ')}`;
    case 'prefix-list':
      return `the groups that name ${scope.ids.join(', ')} are unknown`;
    case 'interface':
      return `the groups of ${scope.ids.join(', ')} are unknown`;
    case 'default-group-of-vpc':
      return `the default group of ${scope.vpcIds.join(', ')} is unknown`;
    default:
      return scope satisfies never;
  }
}

/** The state of an account to which events are applied one after the other. Every rule in it has an id. */
export class AccountState {
  readonly groups: InMemoryGroups;
  readonly #lists: Map<string, readonly string[]>;
  readonly #hasInput: boolean;
  /** Groups that are known only in part, from events. */
  readonly #partial = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #applied = new Map<string, Effect>();
  #named = 0;

  /** @param account the groups before the first event; undefined if they are unknown. */
  constructor(account: AccountInput | undefined) {
    const { groups, errors: _errors, ...supplements } = account ?? NO_ACCOUNT;
    this.#hasInput = account !== undefined;
    this.#lists = new Map(supplements.lists);
    this.groups = new InMemoryGroups([], supplements.attachments, supplements);
    for (const group of groups) this.#put(group);
  }

  #put(group: Group): void {
    const rules = group.rules.map((rule) =>
      withCidrs(rule.id === undefined ? { ...rule, id: this.#newId() } : rule, this.#lists),
    );
    this.groups.put({ ...group, rules });
  }

  #newId(): string {
    this.#named += 1;
    return `${SIMULATED_ID_PREFIX}${this.#named}`;
  }

  #has(group: Group, { scope }: Change): boolean {
    return this.groups.groups.some((known) =>
      scope.by === 'default-group-of-vpc'
        ? known.name === group.name && known.vpcId === group.vpcId
        : known.id === group.id,
    );
  }

  /**
   * Adds the groups that are known from the event alone: a new group in full, other groups with their added
   * or modified rules.
   */
  #putToldBy(change: Change, event: unknown): void {
    const isNew = change.trigger === 'group-created' || change.trigger === 'vpc-created';
    const isPart = (change.trigger === 'rules-added' || change.trigger === 'rules-modified') && tellsContents(change);
    if (!isNew && !isPart) return;
    for (const group of groupsInEvent(change, event)) {
      if (this.#has(group, change)) continue;
      this.#put(group);
      if (isPart) this.#partial.add(group.id);
    }
  }

  #delete({ scope }: Change): void {
    for (const { id } of this.groups.inScope(scope)) this.groups.remove(id);
    if (scope.by === 'group-id') for (const id of scope.ids) this.#deleted.add(id);
  }

  #applyRules(change: Change): readonly string[] {
    return this.groups.inScope(change.scope).flatMap((group) => {
      const { rules, notes } = applyRules(group, change);
      this.#put({ ...group, rules });
      return notes;
    });
  }

  #applyEntries({ added, call }: Change, event: unknown): readonly string[] {
    const cidrs = added.kind === 'prefix-list' ? this.#lists.get(added.id) : undefined;
    if (added.kind !== 'prefix-list' || cidrs === undefined) return [];
    if (call === 'RestoreManagedPrefixListVersion')
      return [`the event does not tell the entries of the restored version of ${added.id}: those of --state are used.`];
    this.#lists.set(added.id, entriesAfter(cidrs, event));
    for (const group of this.groups.groups) this.#put(group);
    return [];
  }

  #effect(change: Change, event: unknown): readonly string[] {
    this.#putToldBy(change, event);
    if (change.call === 'DeleteSecurityGroup') this.#delete(change);
    return change.trigger === 'prefix-list-changed' ? this.#applyEntries(change, event) : this.#applyRules(change);
  }

  #unknownIn({ scope, call }: Change): readonly string[] {
    if (call === 'DeleteSecurityGroup') return [];
    const found = this.groups.inScope(scope);
    if (scope.by === 'prefix-list' && this.#hasInput) return [];
    if (scope.by !== 'group-id')
      return found.length > 0 ? [] : [`${unknownText(scope)}: nothing is judged; ${STATE_HINT}`];
    const lacking = scope.ids.filter((id) => !this.#deleted.has(id) && !found.some((group) => group.id === id));
    if (lacking.length > 0)
      return [`${unknownText({ by: 'group-id', ids: lacking })}: nothing is judged; ${STATE_HINT}`];
    const parts = this.#hasInput ? scope.ids.filter((id) => this.#partial.has(id)) : [];
    return parts.length === 0
      ? []
      : [`other rules of ${parts.join(', ')} are unknown: only those in the events are judged; ${STATE_HINT}`];
  }

  /**
   * Applies an event. Applying it again changes nothing, and neither does an event that the state already
   * includes. Throws InputInvalid for a prefix list entry that cannot be read.
   */
  apply(change: Change, event: unknown): Effect {
    const before = this.#applied.get(change.id);
    if (before !== undefined) return { ...before, notes: [] };
    const notes = this.#effect(change, event);
    const effect = { notes, unknown: this.#unknownIn(change) };
    this.#applied.set(change.id, effect);
    return effect;
  }
}
