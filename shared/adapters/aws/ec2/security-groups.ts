import type { SecurityGroups } from '../../../domain/ports.ts';
import type { Ec2 } from './describe.ts';
import { accountWide, type ReadFunctions } from './facts/account-wide.ts';
import { look } from './look.ts';
import { revoke } from './revoke.ts';

/**
 * The security groups of the account and region that the EC2 client stands for.
 *
 * @param functions of the same account and region. Absent where the role may not list them (`functions.list`): a look that asks for
 * `referencedBy` then leaves it unread.
 */
export const securityGroups = (ec2: Ec2, functions?: ReadFunctions): SecurityGroups => ({
  look: async (scope, needs) => look(ec2, scope, needs, accountWide(ec2, functions)),
  revoke: async (step) => revoke(ec2, step),
});
