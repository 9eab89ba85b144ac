import { CreateSecurityGroupCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { LocalAccount } from '../../../infra/local/start.ts';

/**
 * Region, key and endpoint for any SDK client of the embedded account. By default, one attempt for each call.
 */
export function clientConfig(local: LocalAccount, accessKeyId = 'AKIAEXAMPLEEXAMPLE00', region = 'us-east-1') {
  const { retryStrategy: _, ...settings } = local.clientSettings({ accessKeyId, region });
  return { ...settings, maxAttempts: 1 };
}

export function ec2Client(local: LocalAccount, accessKeyId?: string, region?: string): EC2Client {
  return new EC2Client(clientConfig(local, accessKeyId, region));
}

/** A VPC with one group in it. */
export async function vpcWithGroup(ec2: EC2Client): Promise<{ readonly vpcId: string; readonly groupId: string }> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpcId = Vpc?.VpcId ?? '';
  const command = new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: vpcId });
  return { vpcId, groupId: (await ec2.send(command)).GroupId ?? '' };
}

/** A random number generator, in [0, 1), that gives the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
