import type { Change } from '../model/change.ts';
import { partitionOf } from '../model/partition.ts';

/** ARN of a security group. */
export const groupArn = ({ account, region }: Pick<Change, 'account' | 'region'>, groupId: string): string =>
  `arn:${partitionOf(region)}:ec2:${region}:${account}:security-group/${groupId}`;
