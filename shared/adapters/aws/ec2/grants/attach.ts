import { ModifyNetworkInterfaceAttributeCommand } from '@aws-sdk/client-ec2';
import { call } from '../../call.ts';
import type { Ec2 } from '../describe.ts';

/**
 * Puts an interface under exactly these groups, in one call: it is never without some.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
 * @throws CallFailed: `SecurityGroupsPerInterfaceLimitExceeded` where they are too many.
 */
export async function attach(ec2: Ec2, interfaceId: string, groupIds: readonly string[]): Promise<void> {
  const command = new ModifyNetworkInterfaceAttributeCommand({
    NetworkInterfaceId: interfaceId,
    Groups: [...groupIds],
  });
  await call('ModifyNetworkInterfaceAttribute', ec2.send(command));
}
