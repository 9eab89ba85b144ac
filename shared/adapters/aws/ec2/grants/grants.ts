import type { Grants } from '../../../../domain/grants.ts';
import type { Clock } from '../../../../domain/ports.ts';
import type { Ec2 } from '../describe.ts';
import { attach } from './attach.ts';
import { authorize } from './authorize.ts';
import { createGroup } from './create.ts';
import { deleteGroup } from './delete.ts';

/** Granting in the account and region that the EC2 client stands for. */
export const grants = (ec2: Ec2, clock: Pick<Clock, 'sleep'>): Grants => ({
  authorize: async (step) => authorize(ec2, step, clock),
  createGroup: async (like) => createGroup(ec2, like, clock),
  deleteGroup: async (groupId) => deleteGroup(ec2, groupId),
  attach: async (interfaceId, groupIds) => attach(ec2, interfaceId, groupIds),
});
