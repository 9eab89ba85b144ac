import type { InternetRoutes } from '../../network/reachability.ts';
import { asFields, type Fields, field, listField, textField } from '../fields.ts';

/** A route to an internet gateway that is there: a detached gateway leaves its routes behind as black holes. */
const leadsOut = (route: unknown): boolean => {
  const fields = asFields(route);
  if (fields === undefined) return false;
  return textField(fields, 'gatewayId')?.startsWith('igw-') === true && textField(fields, 'state') !== 'blackhole';
};

const subnetOf = (association: Fields): string | undefined => textField(association, 'subnetId');

const isMain = (association: Fields): boolean => [true, 'true'].some((value) => field(association, 'main') === value);

/**
 * Reads where routes lead to the internet from route tables as DescribeRouteTables gives them: the subnets that name such a table,
 * and the VPCs whose main table is one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html
 */
export const readInternetRoutes = (tables: readonly unknown[]): InternetRoutes => {
  const subnets = new Set<string>();
  const vpcs = new Set<string>();
  for (const table of tables) {
    const fields = asFields(table);
    if (fields === undefined || !listField(fields, 'routes').some(leadsOut)) continue;
    for (const association of listField(fields, 'associations')) {
      const told = asFields(association);
      if (told === undefined) continue;
      const subnet = subnetOf(told);
      if (subnet !== undefined) subnets.add(subnet);
      else if (isMain(told)) vpcs.add(textField(fields, 'vpcId') ?? '');
    }
  }
  return { subnets, vpcs };
};
