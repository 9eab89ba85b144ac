import type { Scope } from '../../../shared/domain/change.ts';
import type { Need, Neighbours } from '../../../shared/domain/control.ts';
import type { RevokeResult, RevokeStep, SecurityGroups } from '../../../shared/domain/ec2.ts';
import type { Attachment, Group, Rule } from '../../../shared/domain/group.ts';
import { mayAddUp } from '../../../shared/network/exposure/together.ts';
import { compareRules, contentKey } from '../../../shared/network/rule-key.ts';
import { AccountIndex, knownFacts, needsTheSet } from '../../input/account-index.ts';
import type { Supplements } from '../../input/supplements.ts';

/** The result of a revoke by content. */
export interface RevokedInMemory extends Pick<RevokeResult, 'removed' | 'gone' | 'changed'> {
  /** The remaining rules. */
  readonly left: readonly Rule[];
}

/** Removes the rules whose content is exactly that of the decision, whatever their ids, as EC2 does. Pure. */
export function revokeByContent(rules: readonly Rule[], decided: readonly Rule[]): RevokedInMemory {
  const contents = new Set(decided.map(contentKey));
  const removed = rules.filter((rule) => contents.has(contentKey(rule)));
  const left = rules.filter((rule) => !contents.has(contentKey(rule)));
  const [ids, keys] = [new Set(removed.map(({ id }) => id)), new Set(removed.map(contentKey))];
  const { changed, gone } = compareRules(
    decided.filter(({ id }) => !ids.has(id)),
    left,
  );
  return { removed, left, changed, gone: gone.filter((rule) => !keys.has(contentKey(rule))) };
}

/** The groups that share an interface with a group, as far as the interfaces are known. */
function neighboursIn(
  { id }: Pick<Group, 'id'>,
  groups: ReadonlyMap<string, Group>,
  attachments: ReadonlyMap<string, readonly Attachment[]>,
): readonly Neighbours[] {
  const sets = Map.groupBy(attachments.get(id) ?? [], ({ groupIds = [] }) => groupIds.toSorted().join(' '));
  return [...sets.values()].flatMap((some) => {
    const [{ interfaceId, groupIds = [] } = { interfaceId: '' }] = some;
    const neighbours = groupIds.flatMap((other) => (other === id ? [] : (groups.get(other) ?? [])));
    const relevant = neighbours.filter(({ rules }) => mayAddUp(rules));
    return relevant.length === 0 ? [] : [{ interfaceId, interfaces: some.length, groups: relevant }];
  });
}

function inScope(group: Group, scope: Scope, attachments: readonly Attachment[]): boolean {
  switch (scope.by) {
    case 'group-id':
      return scope.ids.includes(group.id);
    case 'group-name':
      return scope.names.includes(group.name);
    case 'rule-id':
      return group.rules.some(({ id }) => id !== undefined && scope.ids.includes(id));
    case 'default-group-of-vpc':
      return group.name === 'default' && group.vpcId !== undefined && scope.vpcIds.includes(group.vpcId);
    case 'prefix-list':
      return group.rules.some(({ source }) => source.kind === 'prefix-list' && scope.ids.includes(source.id));
    case 'interface':
      return attachments.some(({ interfaceId }) => scope.ids.includes(interfaceId));
    default:
      return scope satisfies never;
  }
}

/** Security groups in memory, with the behaviour of EC2. `simulate` replays events against them. */
export class InMemoryGroups implements SecurityGroups {
  #groups: Map<string, Group>;
  readonly #supplements: Supplements;

  constructor(groups: readonly Group[], attachments?: Supplements['attachments'], more?: Supplements) {
    this.#groups = new Map(groups.map((group) => [group.id, group]));
    this.#supplements = { lists: new Map(), ...more, attachments };
  }

  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  /** Adds a group or replaces the group with the same id. */
  put(group: Group): void {
    this.#groups.set(group.id, group);
  }

  remove(id: string): void {
    this.#groups.delete(id);
  }

  /** The groups in the scope of a change. */
  inScope(scope: Scope): readonly Group[] {
    const { attachments = new Map() } = this.#supplements;
    return this.groups.filter((group) => inScope(group, scope, attachments.get(group.id) ?? []));
  }

  #index(needs: ReadonlySet<Need>): AccountIndex {
    const index = new AccountIndex({ needs });
    if (needsTheSet(needs)) for (const group of this.groups) index.add(group);
    return index;
  }

  /** A group without known interfaces counts as unused, because a new group is not attached yet. */
  fetchSnapshot: SecurityGroups['fetchSnapshot'] = async (scope, needs) => {
    const index = this.#index(needs);
    const { attachments = new Map() } = this.#supplements;
    const snapshots = this.inScope(scope).map((group) => ({
      group,
      facts: {
        attachments: [],
        ...knownFacts(group, this.#supplements, index),
        neighbours: neighboursIn(group, this.#groups, attachments),
      },
    }));
    return { groups: snapshots, unread: [] };
  };

  revoke: SecurityGroups['revoke'] = async (step: RevokeStep): Promise<RevokeResult> => {
    const group = this.#groups.get(step.groupId);
    const { removed, left, gone, changed } = revokeByContent(group?.rules ?? [], step.rules);
    if (group !== undefined) this.put({ ...group, rules: left });
    return { removed, gone, changed, unanswered: [] };
  };
}
