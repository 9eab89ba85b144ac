import type { Scope } from '../../shared/domain/change.ts';
import type { Need } from '../../shared/domain/controls/facts.ts';
import type { Attachment, Group } from '../../shared/domain/group.ts';
import type { Revoked, RevokeStep, SecurityGroups } from '../../shared/domain/ports.ts';
import { AccountIndex, needsTheSet } from './account-index.ts';
import { factsOf } from './facts.ts';
import { neighboursIn } from './neighbours.ts';
import { revokeByContent } from './revoke-by-content.ts';
import type { Supplements } from './supplements.ts';

const inScope = (group: Group, scope: Scope, attachments: readonly Attachment[]): boolean => {
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
};

/** Security groups held in memory, behaving as EC2 does towards the pipeline: what `simulate` plays an event against. */
export class OfflineGroups implements SecurityGroups {
  #groups: Map<string, Group>;
  readonly #supplements: Supplements;

  constructor(groups: readonly Group[], attachments?: Supplements['attachments'], more?: Supplements) {
    this.#groups = new Map(groups.map((group) => [group.id, group]));
    this.#supplements = { lists: new Map(), ...more, attachments };
  }

  /** The groups as they are now. */
  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  /** Puts a group in place of the one with the same id. */
  put(group: Group): void {
    this.#groups.set(group.id, group);
  }

  /** Takes a group out, as DeleteSecurityGroup does. */
  remove(id: string): void {
    this.#groups.delete(id);
  }

  /** The groups that a change is about. */
  inScope(scope: Scope): readonly Group[] {
    const { attachments = new Map() } = this.#supplements;
    return this.groups.filter((group) => inScope(group, scope, attachments.get(group.id) ?? []));
  }

  #index(needs: ReadonlySet<Need>): AccountIndex {
    const index = new AccountIndex({ needs });
    if (needsTheSet(needs)) for (const group of this.groups) index.add(group);
    return index;
  }

  /** A group without known interfaces counts as unused: what an event makes is not attached to anything yet. */
  look: SecurityGroups['look'] = async (scope, needs) => {
    const index = this.#index(needs);
    const { attachments = new Map() } = this.#supplements;
    const sightings = this.inScope(scope).map((group) => ({
      group,
      facts: {
        attachments: [],
        ...factsOf(group, this.#supplements, index),
        neighbours: neighboursIn(group, this.#groups, attachments),
      },
    }));
    return { sightings, unread: [] };
  };

  revoke: SecurityGroups['revoke'] = async (step: RevokeStep): Promise<Revoked> => {
    const group = this.#groups.get(step.groupId);
    const { removed, left, gone, changed } = revokeByContent(group?.rules ?? [], step.rules);
    if (group !== undefined) this.put({ ...group, rules: left });
    return { removed, gone, changed, unanswered: [] };
  };
}
