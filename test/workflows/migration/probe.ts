import type { Rule } from '../../../shared/domain/group.ts';
import type { Account, Interface, State } from './account.ts';

/** Rules of the tests that a control would close say so. */
export const VIOLATING = 'violating';

function isGood({ description }: Rule): boolean {
  return description !== VIOLATING;
}

function membersOf(groupId: string, { interfaces }: State): readonly string[] {
  return [...interfaces.values()]
    .filter(({ groupIds }) => groupIds.includes(groupId))
    .map(({ interfaceId }) => interfaceId);
}

function endsOf({ source }: Rule, state: State): readonly string[] {
  if (source.kind === 'group') return membersOf(source.groupId, state);
  return [source.kind === 'prefix-list' ? source.id : source.cidr];
}

/**
 * What good rules let through to or from one interface: direction, protocol, ports, and an address or an
 * interface.
 */
function flowsOf({ groupIds }: Interface, state: State): ReadonlySet<string> {
  const rules = groupIds.flatMap((id) => state.groups.get(id)?.rules ?? []).filter(isGood);
  return new Set(
    rules.flatMap((rule) =>
      endsOf(rule, state).map((end) =>
        [rule.direction, rule.protocol, rule.fromPort ?? -1, rule.toPort ?? -1, end].join(' '),
      ),
    ),
  );
}

/**
 * Watches an account: after every call, each interface has at least the flows that it had when it was first
 * seen. An oracle of its own, which knows nothing of replacements. What interfaces that are gone had to do
 * with is not missed.
 */
export function probe(account: Account) {
  const known = new Map<string, ReadonlySet<string>>();
  const losses: string[] = [];
  const takeIn = (): void => {
    for (const one of account.state.interfaces.values())
      if (!known.has(one.interfaceId)) known.set(one.interfaceId, flowsOf(one, account.state));
  };
  const isGone = (flow: string): boolean => {
    const end = flow.split(' ').at(-1) ?? '';
    return end.startsWith('eni-') && !account.state.interfaces.has(end);
  };
  takeIn();
  account.after = (call) => {
    takeIn();
    for (const one of account.state.interfaces.values()) {
      const now = flowsOf(one, account.state);
      for (const flow of known.get(one.interfaceId) ?? [])
        if (!now.has(flow) && !isGone(flow)) losses.push(`after ${call}: ${one.interfaceId} lost ${flow}`);
    }
  };
  return { losses };
}
