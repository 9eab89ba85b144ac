import { describe, expect, it } from 'vitest';
import { resolveScope, vpcs } from '../../../../shared/adapters/aws/ec2/describe.ts';
import { answering, ec2Error } from '../answering.ts';

describe('the groups in scope', () => {
  it('of a prefix list are those that name it, either direction, each once', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroups: ({ Filters }) =>
        JSON.stringify(Filters).includes('egress')
          ? { SecurityGroups: [{ GroupId: 'sg-2' }, { GroupId: 'sg-3' }] }
          : { SecurityGroups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] },
    });
    expect(await resolveScope(ec2, { by: 'prefix-list', ids: ['pl-1'] })).toEqual(['sg-1', 'sg-2', 'sg-3']);
    expect(sent.map(({ input }) => input['Filters'])).toEqual([
      [{ Name: 'ip-permission.prefix-list-id', Values: ['pl-1'] }],
      [{ Name: 'egress.ip-permission.prefix-list-id', Values: ['pl-1'] }],
    ]);
  });

  it('of interfaces are those of their groups, through every page; an interface that is gone is no error', async () => {
    const { ec2, sent } = answering({
      DescribeNetworkInterfaces: (_input, nth) =>
        nth === 1
          ? { NetworkInterfaces: [{ Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] }], NextToken: 'more' }
          : { NetworkInterfaces: [{ Groups: [{ GroupId: 'sg-2' }] }, {}] },
    });
    expect(await resolveScope(ec2, { by: 'interface', ids: ['eni-1', 'eni-404'] })).toEqual(['sg-1', 'sg-2']);
    expect(sent[0]?.input).toEqual({
      Filters: [{ Name: 'network-interface-id', Values: ['eni-1', 'eni-404'] }],
      MaxResults: 1000,
    });
  });

  it('that the scope names itself cost no call', async () => {
    const { ec2, sent } = answering({});
    expect(await resolveScope(ec2, { by: 'group-id', ids: ['sg-1', 'sg-2', 'sg-1'] })).toEqual(['sg-1', 'sg-2']);
    expect(sent).toEqual([]);
  });
});

const plain = [{ VpcId: 'vpc-2' }, { VpcId: 'vpc-1', IsDefault: false }];

describe('the home of the canary', () => {
  it('is the default VPC, on whichever page it is', async () => {
    const { ec2, sent } = answering({
      DescribeVpcs: ({ NextToken }) =>
        NextToken === 'more' ? { Vpcs: [{ VpcId: 'vpc-9', IsDefault: true }] } : { Vpcs: plain, NextToken: 'more' },
    });
    expect(await vpcs(ec2).defaultVpcId()).toBe('vpc-9');
    expect(sent).toHaveLength(2);
  });

  it('is the first by id where there is no default VPC, and none where there is no VPC', async () => {
    expect(await vpcs(answering({ DescribeVpcs: () => ({ Vpcs: plain }) }).ec2).defaultVpcId()).toBe('vpc-1');
    expect(await vpcs(answering({ DescribeVpcs: () => ({ Vpcs: [] }) }).ec2).defaultVpcId()).toBeUndefined();
  });

  it('is not guessed where EC2 does not say', async () => {
    const refusing = answering({
      DescribeVpcs: () => {
        throw ec2Error('UnauthorizedOperation', 403);
      },
    });
    await expect(vpcs(refusing.ec2).defaultVpcId()).rejects.toMatchObject({ code: 'UnauthorizedOperation' });
  });
});
