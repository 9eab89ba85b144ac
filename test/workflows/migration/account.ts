import { revokeByContent } from '../../../cli/commands/simulate/in-memory-groups.ts';
import type { Facts, Peer, Reference } from '../../../shared/domain/control.ts';
import type { Grants, GroupSnapshot, SecurityGroups } from '../../../shared/domain/ec2.ts';
import { CallFailed } from '../../../shared/domain/errors.ts';
import type { Attachment, Group, Rule } from '../../../shared/domain/group.ts';
import { contentKey } from '../../../shared/network/rule-key.ts';

/** A network interface of the account. */
export type Interface = Attachment & { readonly groupIds: readonly string[] };

/** All that is in the account. */
export interface State {
  readonly groups: ReadonlyMap<string, Group>;
  readonly interfaces: ReadonlyMap<string, Interface>;
}

function refusal(call: string, code: string): CallFailed {
  return new CallFailed(call, code, false, `refused: ${code}`);
}

function isNaming(rule: Rule, id: string): boolean {
  return rule.source.kind === 'group' && rule.source.groupId === id;
}

/** A VPC in memory with EC2's refusals: quotas, duplicates, dependencies; looks may lag behind. */
export class Account {
  #state: State;
  #shown: State;
  #lag = 0;
  #serial = 0;
  /** Looks after a change that still show what was before it. */
  lag = 0;
  groupsPerInterface = 5;
  rulesPerGroup = 60;
  /** Launch templates and functions by the group that they name. */
  readonly others = new Map<string, readonly Reference[]>();
  /** Interfaces that EC2 does not let be changed. */
  readonly refusing = new Set<string>();
  /** Runs after every call, with its name. */
  after: (call: string) => void = () => undefined;

  constructor(groups: readonly Group[], interfaces: readonly Interface[]) {
    this.#state = {
      groups: new Map(groups.map((group) => [group.id, group])),
      interfaces: new Map(interfaces.map((one) => [one.interfaceId, one])),
    };
    this.#shown = this.#state;
  }

  get state(): State {
    return this.#state;
  }

  #change(state: Partial<State>): void {
    if (this.#lag === 0) this.#shown = this.#state;
    this.#state = { ...this.#state, ...state };
    this.#lag = this.lag;
  }

  put(group: Group): void {
    this.#change({ groups: new Map([...this.#state.groups, [group.id, group]]) });
  }

  place(one: Interface): void {
    this.#change({ interfaces: new Map([...this.#state.interfaces, [one.interfaceId, one]]) });
  }

  remove(interfaceId: string): void {
    this.#change({ interfaces: new Map([...this.#state.interfaces].filter(([id]) => id !== interfaceId)) });
  }

  group(id: string): Group {
    const group = this.#state.groups.get(id);
    if (group === undefined) throw refusal('Describe', 'InvalidGroup.NotFound');
    return group;
  }

  /** The groups that an interface is under. */
  groupsOf(interfaceId: string): readonly string[] {
    return this.#state.interfaces.get(interfaceId)?.groupIds ?? [];
  }

  #id(prefix: string): string {
    this.#serial += 1;
    return `${prefix}-${(0xa000 + this.#serial).toString(16).padStart(17, '0')}`;
  }

  #factsOf({ id, rules }: Group, { groups, interfaces }: State): Partial<Facts> {
    const naming = [...groups.values()].filter((one) => one.id !== id && one.rules.some((rule) => isNaming(rule, id)));
    const named = rules.flatMap(({ source }) => (source.kind === 'group' ? [source.groupId] : []));
    const peers = named.map((one): readonly [string, Peer] => [one, groups.get(one) ?? 'gone']);
    return {
      attachments: [...interfaces.values()].filter(({ groupIds }) => groupIds.includes(id)),
      referencedBy: [...naming.map((one) => ({ kind: 'group' as const, id: one.id })), ...(this.others.get(id) ?? [])],
      peers: new Map(peers),
      vpcCidrs: ['10.0.0.0/16'],
      twins: [],
      reachability: 'internal',
    };
  }

  look: SecurityGroups['fetchSnapshot'] = async (scope, needs) => {
    const state = this.#lag > 0 ? this.#shown : this.#state;
    this.#lag = Math.max(0, this.#lag - 1);
    const wanted = [...state.groups.values()].filter(({ id, name }) => {
      if (scope.by === 'group-id') return scope.ids.includes(id);
      return scope.by === 'group-name' && scope.names.includes(name);
    });
    const sightings = wanted.map((group): GroupSnapshot => {
      const facts = Object.entries(this.#factsOf(group, state)).filter(([need]) =>
        [...needs].some((one) => one === need),
      );
      return { group, facts: Object.fromEntries(facts) };
    });
    this.after('look');
    return { groups: sightings, unread: [] };
  };

  revoke: SecurityGroups['revoke'] = async ({ groupId, rules }) => {
    const group = this.group(groupId);
    const { removed, left, gone, changed } = revokeByContent(group.rules, rules);
    this.put({ ...group, rules: left });
    this.after('revoke');
    return { removed, gone, changed, unanswered: [] };
  };

  readonly grants: Grants = {
    authorize: async ({ groupId, direction, rules }) => {
      const group = this.group(groupId);
      const standing = new Map(group.rules.map((rule) => [contentKey(rule), rule]));
      for (const { source } of rules) if (source.kind === 'group') this.group(source.groupId);
      const added = rules
        .filter((rule) => !standing.has(contentKey(rule)))
        .map((rule) => ({ ...rule, groupId, id: this.#id('sgr') }));
      const all = [...group.rules, ...added];
      if (all.filter((rule) => rule.direction === direction).length > this.rulesPerGroup)
        throw refusal('Authorize', 'RulesPerSecurityGroupLimitExceeded');
      this.put({ ...group, rules: all });
      this.after(`authorize ${groupId}`);
      return rules.map((rule) => all.find((one) => contentKey(one) === contentKey(rule)) ?? rule);
    },
    createGroup: async ({ name, description, vpcId, tags }) => {
      const known = [...this.#state.groups.values()].find((one) => one.name === name && one.vpcId === vpcId);
      if (known !== undefined) {
        if (Object.entries(tags).every(([key, value]) => known.tags[key] === value)) return known.id;
        throw refusal('CreateSecurityGroup', 'InvalidGroup.Duplicate');
      }
      const id = this.#id('sg');
      this.put({ id, name, description, vpcId, tags, ownerId: '111122223333', rules: [] });
      this.after('createGroup');
      return id;
    },
    deleteGroup: async (groupId) => {
      const { groups, interfaces } = this.#state;
      const isUsed = [...interfaces.values()].some(({ groupIds }) => groupIds.includes(groupId));
      const isNamed = [...groups.values()].some(
        (one) => one.id !== groupId && one.rules.some((rule) => isNaming(rule, groupId)),
      );
      if (isUsed || isNamed) throw refusal('DeleteSecurityGroup', 'DependencyViolation');
      this.#change({ groups: new Map([...groups].filter(([id]) => id !== groupId)) });
      this.after('deleteGroup');
    },
    attach: async (interfaceId, groupIds) => {
      const one = this.#state.interfaces.get(interfaceId);
      if (one === undefined) throw refusal('ModifyNetworkInterfaceAttribute', 'InvalidNetworkInterfaceID.NotFound');
      if (groupIds.length > this.groupsPerInterface)
        throw refusal('ModifyNetworkInterfaceAttribute', 'SecurityGroupsPerInterfaceLimitExceeded');
      if (this.refusing.has(interfaceId) || one.requesterManaged === true || groupIds.length === 0)
        throw refusal('ModifyNetworkInterfaceAttribute', 'OperationNotPermitted');
      for (const id of groupIds) this.group(id);
      this.place({ ...one, groupIds });
      this.after(`attach ${interfaceId}`);
    },
  };
}
