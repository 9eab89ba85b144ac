import type { NamesByGroup } from '../../../../events/cloudtrail/names-by-group.ts';
import type { InternetRoutes } from '../../../../network/reachability.ts';
import { lazily } from '../../lazily.ts';
import type { Ec2 } from '../describe.ts';
import { describeInternetRoutes } from './internet-routes.ts';
import { describeTemplates } from './launch-templates.ts';
import type { TwinIndex } from './twin-index.ts';
import { describeVpcCidrs, type VpcCidrs } from './vpc-cidrs.ts';

/** Reads which functions name which groups. Apart from EC2's calls, as not every role may list functions. */
export type ReadFunctions = () => Promise<NamesByGroup>;

/** What is the same for every group of the account and region: each is read when it is first asked for, once for all looks that share it. */
export interface AccountWide {
  readonly routes: () => Promise<InternetRoutes>;
  readonly vpcs: () => Promise<VpcCidrs>;
  readonly templates: () => Promise<NamesByGroup>;
  /** Absent where the caller lists no functions: then what names a group is not known. */
  readonly functions?: ReadFunctions;
  /** Where all groups were read anyway. */
  readonly twins?: TwinIndex;
}

/** Nothing read so far. */
export const accountWide = (ec2: Ec2, functions?: ReadFunctions): AccountWide => ({
  routes: lazily(async () => describeInternetRoutes(ec2)),
  vpcs: lazily(async () => describeVpcCidrs(ec2)),
  templates: lazily(async () => describeTemplates(ec2)),
  ...(functions && { functions: lazily(functions) }),
});
