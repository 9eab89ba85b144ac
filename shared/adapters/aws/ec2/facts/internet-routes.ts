import { DescribeRouteTablesCommand, type RouteTable } from '@aws-sdk/client-ec2';
import { readInternetRoutes } from '../../../../events/describe/route-table.ts';
import type { InternetRoutes } from '../../../../network/reachability.ts';
import { call } from '../../call.ts';
import { pages } from '../../paging.ts';
import type { Ec2 } from '../describe.ts';

/** The most that EC2 gives in one page of route tables. */
const TABLES_PAGE = 100;

/**
 * Where the account routes to the internet: the route tables that name an internet gateway and no others. Asked for the whole region,
 * so that it needs no other answer first. Throws CallFailed.
 */
export async function describeInternetRoutes(ec2: Ec2): Promise<InternetRoutes> {
  const tables = await pages<RouteTable>(async (token) => {
    const command = new DescribeRouteTablesCommand({
      Filters: [{ Name: 'route.gateway-id', Values: ['igw-*'] }],
      MaxResults: TABLES_PAGE,
      ...(token && { NextToken: token }),
    });
    const answer = await call('DescribeRouteTables', ec2.send(command));
    return { items: answer.RouteTables, next: answer.NextToken };
  });
  return readInternetRoutes(tables);
}
