import { DeleteSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { CallFailed } from '../../../../domain/errors.ts';
import { call } from '../../call.ts';
import type { Ec2 } from '../describe.ts';

/** Deletes a group; one that is gone is no error. Throws CallFailed: `DependencyViolation` where something uses it or names it. */
export async function deleteGroup(ec2: Ec2, groupId: string): Promise<void> {
  try {
    await call('DeleteSecurityGroup', ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId })));
  } catch (error) {
    if (error instanceof CallFailed && error.code === 'InvalidGroup.NotFound') return;
    throw error;
  }
}
