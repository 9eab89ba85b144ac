import { newResourceId } from './ids.ts';
import type { RouteTableRecord } from './records.ts';
import type { Region } from './region.ts';

/** Stores a route table without routes of its own. */
export function storeRouteTable(region: Region, vpcId: string, main: boolean): RouteTableRecord {
  const table = { id: newResourceId(region.account.random, 'rtb'), vpcId, main, routes: [], subnets: new Map() };
  region.routeTables.set(table.id, table);
  return table;
}
