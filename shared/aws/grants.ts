import type { Grants } from '../model/grants.ts';
import type { Clock } from '../model/ports.ts';
import type { Ec2 } from './describe.ts';
import { attach } from './grants-attach.ts';
import { authorize } from './grants-authorize.ts';
import { createGroup } from './grants-create.ts';
import { deleteGroup } from './grants-delete.ts';

/** Granting in the account and region that the EC2 client stands for. */
export const grants = (ec2: Ec2, clock: Pick<Clock, 'sleep'>): Grants => ({
  authorize: async (step) => authorize(ec2, step, clock),
  createGroup: async (like) => createGroup(ec2, like, clock),
  deleteGroup: async (groupId) => deleteGroup(ec2, groupId),
  attach: async (interfaceId, groupIds) => attach(ec2, interfaceId, groupIds),
});
