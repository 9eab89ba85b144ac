import type { Change } from '../domain/change.ts';

/** ARN of a security group in a partition of AWS's. */
export const groupArn = (
  { account, region }: Pick<Change, 'account' | 'region'>,
  groupId: string,
  partition: string,
): string => `arn:${partition}:ec2:${region}:${account}:security-group/${groupId}`;
