import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import type { EstateRule } from '../../infra/local/estate/estate.ts';
import { loadEstate } from '../../infra/local/estate/load-estate.ts';
import type { ControlOptions } from '../../shared/domain/control-options.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { REGION, requestsTo } from './requests.ts';
import { openShopUnder, tcp } from './shop.ts';

/** The address of the caller, which has to be public to be granted. */
const ADDRESS = '12.34.56.78';

function changed(policy: Policy, id: string, change: Partial<ControlOptions>): Policy['controls'] {
  const options = policy.controls[id];
  if (options === undefined) throw new RangeError(`the policy has no ${id}`);
  return { [id]: { ...options, ...change } };
}

/** Narrows SSH to the actor, asks about existing openings of caches, and closes databases, one in an hour. */
function guardedPolicy(policy: Policy): Policy {
  return {
    ...policy,
    controls: {
      ...policy.controls,
      ...changed(policy, 'world-open-admin', { remedy: 'narrow', narrowTo: 'actor' }),
      ...changed(policy, 'world-open-cache', { existing: 'approve' }),
      ...changed(policy, 'world-open-database', { existing: 'enforce' }),
    },
    trusted: { ...policy.trusted, cidrs: [`${ADDRESS}/24`] },
    budget: { ...policy.budget, removalsPerHour: 1 },
  };
}

/** A rule that opens a port to the world. */
export function worldRule(port: number, source = '0.0.0.0/0'): EstateRule {
  return {
    direction: 'ingress',
    protocol: 'tcp',
    ports: port,
    source,
  };
}

/** A cell with the policy above, in which tests can create existing groups. */
export async function openGuardedCell() {
  const arn = 'arn:aws:iam::111122223333:user/ben';
  const principals = { AKIASOMEBODY00000000: { type: 'IAMUser', arn, name: 'ben', sourceIp: ADDRESS } } as const;
  const cell = await openShopUnder(guardedPolicy, { principals });
  const region = cell.local.account.region(REGION);
  let made = 0;

  /** Creates a group in its own VPC, with these rules and a record. */
  const groupWith = async (...rules: readonly EstateRule[]): Promise<string> => {
    made += 1;
    const name = `app-${made}`;
    const vpc = { name, cidr: '10.40.0.0/16', defaultGroup: { rules: [] }, groups: [{ name, rules }] };
    loadEstate(cell.local.account, { vpcs: [vpc] }, REGION);
    await cell.record();
    return [...region.groups.values()].find((group) => group.name === name)?.id ?? '';
  };

  /** The inbound rules of a group: port, source and description. */
  const inbound = (groupId: string): readonly string[] =>
    [...region.rules.values()]
      .filter((rule) => rule.groupId === groupId && rule.direction === 'ingress')
      .map(({ fromPort, source, description }) => [fromPort, ...Object.values(source), description].join(' ').trim())
      .toSorted();

  /** Changes the source of a port's rule without an event. */
  const redirect = (groupId: string, port: number, cidr: string): void => {
    for (const [id, rule] of region.rules)
      if (rule.groupId === groupId && rule.fromPort === port)
        region.rules.set(id, { ...rule, source: { kind: 'ipv4', cidr } });
  };

  /** Opens a port to the world, with a description. */
  const open = async (groupId: string, port: number): Promise<void> => {
    const IpRanges = [{ CidrIp: '0.0.0.0/0', Description: 'for now' }];
    const command = new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpPermissions: [{ ...tcp(port), IpRanges }],
    });
    await cell.ec2.send(command);
    await cell.delivery.drain();
  };

  return {
    ...cell,
    ...requestsTo(cell),
    address: ADDRESS,
    groupWith,
    inbound,
    redirect,
    open,
  };
}
