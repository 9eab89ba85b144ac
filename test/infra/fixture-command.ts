import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { startLocalAccount } from '../../infra/local/start.ts';

/**
 * A command with the parts of the real command line: the embedded account, the SDK, and credentials from a
 * profile.
 */
const local = await startLocalAccount();
const ec2 = new EC2Client({ endpoint: local.endpoint, region: 'us-east-1', profile: 'shop' });
const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
console.log(`${SecurityGroups?.length} groups, key ${(await ec2.config.credentials()).accessKeyId}`);
ec2.destroy();
await local.close();
