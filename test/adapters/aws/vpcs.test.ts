import { describe, expect, it } from 'vitest';
import { vpcs } from '../../../shared/adapters/aws/ec2/vpcs.ts';
import { answering, ec2Error } from './answering.ts';

const plain = [{ VpcId: 'vpc-2' }, { VpcId: 'vpc-1', IsDefault: false }];

describe('the home of the canary', () => {
  it('is the default VPC, on whichever page it is', async () => {
    const { ec2, sent } = answering({
      DescribeVpcs: ({ NextToken }) =>
        NextToken === 'more' ? { Vpcs: [{ VpcId: 'vpc-9', IsDefault: true }] } : { Vpcs: plain, NextToken: 'more' },
    });
    expect(await vpcs(ec2).home()).toBe('vpc-9');
    expect(sent).toHaveLength(2);
  });

  it('is the first by id where there is no default VPC, and none where there is no VPC', async () => {
    expect(await vpcs(answering({ DescribeVpcs: () => ({ Vpcs: plain }) }).ec2).home()).toBe('vpc-1');
    expect(await vpcs(answering({ DescribeVpcs: () => ({ Vpcs: [] }) }).ec2).home()).toBeUndefined();
  });

  it('is not guessed where EC2 does not say', async () => {
    const refusing = answering({
      DescribeVpcs: () => {
        throw ec2Error('UnauthorizedOperation', 403);
      },
    });
    await expect(vpcs(refusing.ec2).home()).rejects.toMatchObject({ code: 'UnauthorizedOperation' });
  });
});
