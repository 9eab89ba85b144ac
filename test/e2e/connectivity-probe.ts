import type { LocalAccount } from '../../infra/local/start.ts';
import type { Region } from '../../infra/local/state/account.ts';
import type { Rule } from '../../shared/domain/group.ts';

/** Flows as texts: direction, protocol, ports, and an address or an interface at the other end. */
type Flows = ReadonlySet<string>;

/** Whether the policy of these tests permits the rule: it closes only inbound rules from the whole world. */
function isGood({ direction, source }: Rule): boolean {
  return direction === 'egress' || source.kind !== 'ipv4' || source.cidr !== '0.0.0.0/0';
}

function endsOf({ source }: Rule, { interfaces }: Region): readonly string[] {
  if (source.kind === 'prefix-list') return [source.id];
  if (source.kind !== 'group') return [source.cidr];
  const { groupId } = source;
  return [...interfaces.values()].filter(({ groupIds }) => groupIds.includes(groupId)).map(({ id }) => id);
}

/** The flows that permitted rules allow to or from each interface of a VPC. */
function flowsIn(region: Region, vpcId: string): ReadonlyMap<string, Flows> {
  const interfaces = [...region.interfaces.values()].filter((one) => one.vpcId === vpcId);
  const byGroup = Map.groupBy(region.rules.values(), ({ groupId }) => groupId);
  return new Map(
    interfaces.map(({ id, groupIds }) => {
      const own = groupIds.flatMap((groupId) => byGroup.get(groupId) ?? []).filter(isGood);
      const flows = own.flatMap((rule) =>
        endsOf(rule, region).map((end) => [rule.direction, rule.protocol, rule.fromPort, rule.toPort, end].join(' ')),
      );
      return [id, new Set(flows)];
    }),
  );
}

/**
 * Checks the flows of all interfaces of a VPC in the embedded account, before every call and after every
 * change. It reads only interfaces, groups and rules, and does not depend on the code of migrations.
 */
export function connectivityProbe(local: LocalAccount, regionName: string, vpcId: string) {
  const region = local.account.region(regionName);
  const had = flowsIn(region, vpcId);
  const losses: string[] = [];
  let checks = 0;
  const check = (occasion: string): void => {
    checks += 1;
    const now = flowsIn(region, vpcId);
    for (const [id, flows] of had)
      for (const flow of flows.difference(now.get(id) ?? new Set())) losses.push(`${occasion}: ${id} lost ${flow}`);
  };
  const stops = [
    local.beforeCall((_service, operation) => check(`before ${operation}`)),
    local.onEvent(({ detail }) => check(`after ${detail.eventName}`)),
  ];
  return {
    losses,
    checks: () => checks,
    /** Checks once more, and ends the observation. */
    stop: (): void => {
      check('in the end');
      for (const stop of stops) stop();
    },
  };
}
