import type { Change } from '../model/change.ts';

/** AWS's partition of a region. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export const partitionOf = (region: string): 'aws' | 'aws-cn' | 'aws-us-gov' => {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
};

/** ARN of a security group. */
export const groupArn = ({ account, region }: Pick<Change, 'account' | 'region'>, groupId: string): string =>
  `arn:${partitionOf(region)}:ec2:${region}:${account}:security-group/${groupId}`;
