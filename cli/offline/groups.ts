import type { Scope } from '../../shared/model/change.ts';
import type { Attachment, Group } from '../../shared/model/group.ts';
import type { Revoked, RevokeStep, SecurityGroups } from '../../shared/model/ports.ts';

const inScope = (group: Group, scope: Scope): boolean => {
  switch (scope.by) {
    case 'group-id':
      return scope.ids.includes(group.id);
    case 'group-name':
      return scope.names.includes(group.name);
    case 'rule-id':
      return group.rules.some(({ id }) => id !== undefined && scope.ids.includes(id));
    case 'default-group-of-vpc':
      return group.name === 'default' && group.vpcId !== undefined && scope.vpcIds.includes(group.vpcId);
    default:
      return scope satisfies never;
  }
};

/** Security groups held in memory, behaving as EC2 does towards the pipeline: what `simulate` plays an event against. */
export class OfflineGroups implements SecurityGroups {
  #groups: Map<string, Group>;
  readonly #attachments: ReadonlyMap<string, readonly Attachment[]>;

  constructor(groups: readonly Group[], attachments: ReadonlyMap<string, readonly Attachment[]> = new Map()) {
    this.#groups = new Map(groups.map((group) => [group.id, group]));
    this.#attachments = attachments;
  }

  /** The groups as they are now. */
  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  /** Puts a group in place of the one with the same id. */
  put(group: Group): void {
    this.#groups.set(group.id, group);
  }

  look: SecurityGroups['look'] = async (scope) => ({
    sightings: this.groups
      .filter((group) => inScope(group, scope))
      .map((group) => ({ group, facts: { attachments: this.#attachments.get(group.id) ?? [] } })),
    unread: [],
  });

  revoke: SecurityGroups['revoke'] = async (step: RevokeStep): Promise<Revoked> => {
    const wanted = new Set(step.rules.map(({ id }) => id));
    const group = this.#groups.get(step.groupId);
    const removed = group?.rules.filter(({ id }) => wanted.has(id)) ?? [];
    if (group !== undefined) this.put({ ...group, rules: group.rules.filter(({ id }) => !wanted.has(id)) });
    const found = new Set(removed.map(({ id }) => id));
    return {
      removed,
      missing: [...wanted].flatMap((id) => (id === undefined || found.has(id) ? [] : [id])),
      unanswered: false,
    };
  };
}
