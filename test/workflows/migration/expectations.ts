import { expect } from 'vitest';
import { contentKey } from '../../../shared/network/rule-key.ts';
import { DATA, shopGroups, shopInterfaces, WEB } from './shop.ts';
import { makeWorld, OLD, type World } from './world.ts';

/** The shop before its migration. */
export async function shop() {
  return await makeWorld(shopGroups(), shopInterfaces());
}

/** Id of the group that stands in for the default group. */
export function replacementId(world: World): string {
  return world.replacement()?.id ?? 'no replacement';
}

/** Numbers of the interfaces under a group. */
export function isUnder(world: World, groupId: string): readonly number[] {
  return [...world.account.state.interfaces.values()]
    .filter(({ groupIds }) => groupIds.includes(groupId))
    .map(({ interfaceId }) => Number.parseInt(interfaceId.slice(4), 16));
}

/** What the rules of a group let through. */
export function keysOf(world: World, groupId: string): readonly string[] {
  return world.account.group(groupId).rules.map(contentKey).toSorted();
}

/** All is moved, the default group is empty and stripped, and nothing points where nothing is. */
export function expectMoved(world: World): void {
  const id = replacementId(world);
  expect(world.losses).toEqual([]);
  expect(isUnder(world, OLD)).toEqual([]);
  expect(isUnder(world, id)).toEqual([1, 2, 3]);
  expect(world.account.group(OLD).rules).toEqual([]);
  expect(keysOf(world, id)).toEqual(
    [
      `ingress -1 -1 -1 ${id}`,
      'egress -1 -1 -1 0.0.0.0/0',
      'ingress tcp 8080 8080 10.0.0.0/16',
      `ingress tcp 8443 8443 ${WEB}`,
      `egress udp 53 53 ${id}`,
    ].toSorted(),
  );
  expect(keysOf(world, DATA)).toEqual([`ingress tcp 5432 5432 ${OLD}`, `ingress tcp 5432 5432 ${id}`].toSorted());
}

/** Everything is as it was. */
export function expectBack(world: World): void {
  expect(world.losses).toEqual([]);
  expect(world.replacement()).toBeUndefined();
  for (const one of shopInterfaces())
    expect(world.account.groupsOf(one.interfaceId).toSorted()).toEqual(one.groupIds.toSorted());
  for (const { id, rules } of shopGroups()) expect(keysOf(world, id)).toEqual(rules.map(contentKey).toSorted());
}
