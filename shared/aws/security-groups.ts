import type { SecurityGroups } from '../model/ports.ts';
import type { Ec2 } from './describe.ts';
import { look } from './look.ts';
import { revoke } from './revoke.ts';

/** The security groups of the account and region that the EC2 client stands for. */
export const securityGroups = (ec2: Ec2): SecurityGroups => ({
  look: async (scope, needs) => look(ec2, scope, needs),
  revoke: async (step) => revoke(ec2, step),
});
