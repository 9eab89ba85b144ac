import type { EstateInterface } from '../../infra/local/estate/estate.ts';
import { loadEstate } from '../../infra/local/estate/load-estate.ts';
import type { LocalAccount } from '../../infra/local/start.ts';
import { by, REGION, reason, requestsTo } from './requests.ts';
import { openShopUnder } from './shop.ts';

let made = 0;

/**
 * Creates a VPC whose default group has three interfaces (one of them is also in `web`), a self-reference,
 * rules from and to two other groups, and a rule that opens SSH to the world.
 *
 * @param more further interfaces in the default group.
 */
function makeOffice(local: LocalAccount, more: readonly EstateInterface[] = []) {
  made += 1;
  const name = `office-${made}`;
  loadEstate(
    local.account,
    {
      vpcs: [
        {
          name,
          cidr: '10.30.0.0/16',
          defaultGroup: {
            rules: [
              { direction: 'ingress', protocol: '-1', source: 'sg:default', description: 'each other' },
              { direction: 'egress', protocol: '-1', source: '0.0.0.0/0' },
              { direction: 'ingress', protocol: 'tcp', ports: 8080, source: '10.30.0.0/16' },
              { direction: 'ingress', protocol: 'tcp', ports: 8443, source: 'sg:web' },
              { direction: 'ingress', protocol: 'tcp', ports: 22, source: '0.0.0.0/0' },
            ],
            interfaces: [{ description: 'one' }, { description: 'two' }, { description: 'both' }, ...more],
          },
          groups: [
            {
              name: 'web',
              rules: [
                { direction: 'ingress', protocol: 'tcp', ports: 443, source: '198.51.100.0/24' },
                { direction: 'egress', protocol: 'tcp', ports: 8443, source: 'sg:default' },
              ],
              interfaces: [{ description: 'web' }],
            },
            {
              name: 'data',
              rules: [
                { direction: 'ingress', protocol: 'tcp', ports: 5432, source: 'sg:default', description: 'orders' },
              ],
              interfaces: [{ description: 'data' }],
            },
          ],
        },
      ],
    },
    REGION,
  );
  const region = local.account.region(REGION);
  const vpcId = [...region.vpcs.keys()].find((id) => region.tags.get(id)?.get('Name') === name) ?? '';
  const idOf = (group: string): string =>
    [...region.groups.values()].find((one) => one.vpcId === vpcId && one.name === group)?.id ?? '';
  const both = [...region.interfaces.values()].find((one) => one.vpcId === vpcId && one.description === 'both');
  if (both !== undefined) region.interfaces.set(both.id, { ...both, groupIds: [idOf('default'), idOf('web')] });
  /** Removes everything again, so that later cases are not slower. */
  const remove = (): void => {
    const groups = new Set([...region.groups.values()].filter((one) => one.vpcId === vpcId).map(({ id }) => id));
    for (const id of groups) region.groups.delete(id);
    for (const [id, rule] of region.rules) if (groups.has(rule.groupId)) region.rules.delete(id);
    for (const [id, one] of region.interfaces) if (one.vpcId === vpcId) region.interfaces.delete(id);
    region.vpcs.delete(vpcId);
  };
  return { vpcId, idOf, remove };
}

/** A cell whose policy migrates default groups. */
export async function openMigrationCell() {
  const cell = await openShopUnder((policy) => {
    const options = policy.controls['default-group-rules'];
    if (options === undefined) throw new RangeError('the policy has no default-group-rules');
    const controls = { ...policy.controls, 'default-group-rules': { ...options, remedy: 'migrate' as const } };
    return { ...policy, controls };
  });
  const { local } = cell;

  const { ask, look, remediationOf } = requestsTo(cell);

  /** Creates a default group in use; returns it with the id of its pending plan. */
  const pending = async (more: readonly EstateInterface[] = []) => {
    const office = makeOffice(local, more);
    await cell.record();
    await look(office.idOf('default'));
    const id = await remediationOf(office.idOf('default'), 'pending');
    return { ...office, id };
  };

  return {
    ...cell,
    pending,
    release: async (id: string) => await ask({ do: 'approve', id, by, reason }),
    rollBack: async (id: string) => await ask({ do: 'roll-back', id, by, reason }),
    restore: async (id: string) =>
      await ask({ do: 'restore', id, dryRun: false, exempt: { days: 1, owner: 'team-office' }, by, reason }),
    /** The remediation that emptied a default group, which is the last one. */
    stripping: async (groupId: string) => await remediationOf(groupId, 'done'),
  };
}
