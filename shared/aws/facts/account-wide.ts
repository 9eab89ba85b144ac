import type { InternetRoutes } from '../../exposure/reachability.ts';
import type { Ec2 } from '../describe.ts';
import { lazily } from '../lazily.ts';
import { describeInternetRoutes } from './internet-routes.ts';
import { describeTemplates, type TemplatesByGroup } from './launch-templates.ts';
import type { TwinIndex } from './twin-index.ts';
import { describeVpcCidrs, type VpcCidrs } from './vpc-cidrs.ts';

/** What is the same for every group of the account and region: each is read when it is first asked for, once for all looks that share it. */
export interface AccountWide {
  readonly routes: () => Promise<InternetRoutes>;
  readonly vpcs: () => Promise<VpcCidrs>;
  readonly templates: () => Promise<TemplatesByGroup>;
  /** Where all groups were read anyway. */
  readonly twins?: TwinIndex;
}

/** Nothing read so far. */
export const accountWide = (ec2: Ec2): AccountWide => ({
  routes: lazily(async () => describeInternetRoutes(ec2)),
  vpcs: lazily(async () => describeVpcCidrs(ec2)),
  templates: lazily(async () => describeTemplates(ec2)),
});
