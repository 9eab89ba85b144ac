import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EstateInterface } from '../../infra/local/estate/estate.ts';
import { effort } from '../effort.ts';
import { connectivityProbe } from './connectivity-probe.ts';
import { everyFault, injectEveryFault, worstFault } from './fault-injection.ts';
import { openMigrationCell } from './migration-cell.ts';
import { REGION } from './requests.ts';

let cell: Awaited<ReturnType<typeof openMigrationCell>>;

beforeAll(async () => {
  cell = await openMigrationCell();
});
afterAll(async () => await cell.close());
beforeEach(() => {
  cell.local.calls.length = 0;
});

function region() {
  return cell.local.account.region(REGION);
}

/** A default group with a pending plan, and a probe of its flows. */
async function pending(more: readonly EstateInterface[] = []) {
  const office = await cell.pending(more);
  return { ...office, picture: picture(office.vpcId), watch: connectivityProbe(cell.local, REGION, office.vpcId) };
}

type Pending = Awaited<ReturnType<typeof pending>>;

function groupsOf(vpcId: string) {
  return [...region().groups.values()].filter((group) => group.vpcId === vpcId);
}

/** Groups and rules of a VPC, with names instead of ids. */
function picture(vpcId: string) {
  const names = new Map(groupsOf(vpcId).map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const rules = [...region().rules.values()].filter(({ groupId }) => names.has(groupId));
  const nics = [...region().interfaces.values()].filter((one) => one.vpcId === vpcId);
  return {
    groups: [...names.values()].toSorted(),
    rules: rules
      .map(({ groupId, direction, protocol, fromPort, toPort, source, description = '' }) => {
        const from = source.kind === 'group' ? nameOf(source.groupId) : Object.values(source).join(' ');
        return [nameOf(groupId), direction, protocol, fromPort, toPort, from, description].join(' ');
      })
      .toSorted(),
    interfaces: nics.map(({ description, groupIds }) => [description, ...groupIds.map(nameOf).toSorted()].join(' ')),
  };
}

function replacementIn(vpcId: string): string {
  return groupsOf(vpcId).find(({ name }) => name.startsWith('from-default-'))?.name ?? 'no replacement';
}

/**
 * Expects that all interfaces are moved, the default group is empty, and no allowed flow was lost at any
 * time.
 */
async function expectMoved({ vpcId, watch }: Pending): Promise<void> {
  watch.stop();
  expect(watch.losses).toEqual([]);
  const name = replacementIn(vpcId);
  expect(picture(vpcId)).toEqual({
    groups: ['data', 'default', name, 'web'].toSorted(),
    rules: [
      'data egress -1 -1 -1 ipv4 0.0.0.0/0 ',
      'data ingress tcp 5432 5432 default orders',
      `data ingress tcp 5432 5432 ${name} orders`,
      `${name} egress -1 -1 -1 ipv4 0.0.0.0/0 `,
      `${name} ingress -1 -1 -1 ${name} each other`,
      `${name} ingress tcp 8080 8080 ipv4 10.30.0.0/16 `,
      `${name} ingress tcp 8443 8443 web `,
      'web egress tcp 8443 8443 default ',
      `web egress tcp 8443 8443 ${name} `,
      'web ingress tcp 443 443 ipv4 198.51.100.0/24 ',
    ].toSorted(),
    interfaces: [`one ${name}`, `two ${name}`, `both ${name} web`, 'web web', 'data data'],
  });
  expect(cell.delivery.failures).toEqual([]);
}

describe('the migration of a default group in use, through the real SDK and the bundled functions', () => {
  it('waits for a person, moves all interfaces and empties the default group, and no interface loses an allowed flow', async () => {
    const one = await pending();
    expect(one.id).not.toBe('');
    expect(picture(one.vpcId)).toEqual(one.picture);
    const { length } = cell.local.calls;
    expect(await cell.release(one.id)).toMatchObject({ kind: 'migrated', open: [] });
    await cell.delivery.drain();
    await expectMoved(one);
    const changes = cell.local.calls
      .slice(length)
      .filter(({ service, operation }) => service === 'ec2' && !/^(Describe|Get)/.test(operation));
    expect(one.watch.checks()).toBeGreaterThan(cell.local.calls.length - length);
    expect(changes.map(({ operation }) => operation)).toEqual([
      'CreateSecurityGroup',
      'RevokeSecurityGroupEgress',
      ...Array.from({ length: 5 }, () => expect.stringMatching(/^AuthorizeSecurityGroup/)),
      ...Array.from({ length: 6 }, () => 'ModifyNetworkInterfaceAttribute'),
      ...Array.from({ length: 4 }, () => expect.stringMatching(/^RevokeSecurityGroup/)),
    ]);
  });

  it('runs once, however often it is approved', async () => {
    const one = await pending();
    await cell.release(one.id);
    await cell.delivery.drain();
    expect(await cell.release(one.id)).toMatchObject({ kind: 'migrated', steps: [], open: [] });
    await cell.delivery.drain();
    await expectMoved(one);
  });

  it('ends the same after a retry, whichever call fails', async () => {
    const calls = await injectEveryFault(
      cell,
      {
        make: async () => await pending(),
        run: async ({ id }) => await cell.release(id),
        check: expectMoved,
        remove: ({ remove }) => remove(),
      },
      effort(worstFault, everyFault),
    );
    expect(calls).toEqual(
      expect.arrayContaining([
        'CreateSecurityGroup',
        'AuthorizeSecurityGroupIngress',
        'ModifyNetworkInterfaceAttribute',
        'RevokeSecurityGroupIngress',
        'ListFunctions',
        'PutItem',
        'Publish',
        'Invoke',
      ]),
    );
  });
});

/** A database keeps using the default group, so the migration stops half way. */
async function halfWay() {
  const one = await pending([{ description: 'RDSNetworkInterface', requesterId: 'amazon-rds' }]);
  expect(await cell.release(one.id)).toMatchObject({ kind: 'migrated', open: [expect.stringContaining('aws rds')] });
  await cell.delivery.drain();
  return one;
}

/** Expects the former state. */
async function expectBack({ vpcId, watch, picture: before }: Pending): Promise<void> {
  watch.stop();
  expect(picture(vpcId)).toEqual(before);
  expect(watch.losses).toEqual([]);
  expect(cell.delivery.failures).toEqual([]);
}

describe('a roll-back', () => {
  it('restores the former state of a half-finished migration', async () => {
    const one = await halfWay();
    expect(picture(one.vpcId)).not.toEqual(one.picture);
    expect(await cell.rollBack(one.id)).toMatchObject({ kind: 'rolled-back' });
    await cell.delivery.drain();
    await expectBack(one);
  });

  it('restores the former state of a finished migration, after the rules of the default group are restored', async () => {
    const one = await pending();
    await cell.release(one.id);
    await cell.delivery.drain();
    expect(await cell.rollBack(one.id)).toMatchObject({ kind: 'refused' });
    expect(await cell.restore(await cell.stripping(one.idOf('default')))).toMatchObject({ kind: 'restored' });
    await cell.delivery.drain();
    expect(await cell.rollBack(one.id)).toMatchObject({ kind: 'rolled-back' });
    await cell.delivery.drain();
    await expectBack(one);
  });

  it('restores the former state after a retry, whichever call fails', async () => {
    const calls = await injectEveryFault(
      cell,
      {
        make: halfWay,
        run: async ({ id }) => await cell.rollBack(id),
        check: expectBack,
        remove: ({ remove }) => remove(),
      },
      worstFault,
    );
    expect(calls).toEqual(
      expect.arrayContaining(['ModifyNetworkInterfaceAttribute', 'DeleteSecurityGroup', 'RevokeSecurityGroupIngress']),
    );
  });
});
