import { describe, expect, it } from 'vitest';
import { resolve } from '../../../shared/adapters/aws/ec2/scope.ts';
import { answering } from './answering.ts';

describe('the groups in scope', () => {
  it('of a prefix list are those that name it, either direction, each once', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroups: ({ Filters }) =>
        JSON.stringify(Filters).includes('egress')
          ? { SecurityGroups: [{ GroupId: 'sg-2' }, { GroupId: 'sg-3' }] }
          : { SecurityGroups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] },
    });
    expect(await resolve(ec2, { by: 'prefix-list', ids: ['pl-1'] })).toEqual(['sg-1', 'sg-2', 'sg-3']);
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
    expect(await resolve(ec2, { by: 'interface', ids: ['eni-1', 'eni-404'] })).toEqual(['sg-1', 'sg-2']);
    expect(sent[0]?.input).toEqual({
      Filters: [{ Name: 'network-interface-id', Values: ['eni-1', 'eni-404'] }],
      MaxResults: 1000,
    });
  });

  it('that the scope names itself cost no call', async () => {
    const { ec2, sent } = answering({});
    expect(await resolve(ec2, { by: 'group-id', ids: ['sg-1', 'sg-2', 'sg-1'] })).toEqual(['sg-1', 'sg-2']);
    expect(sent).toEqual([]);
  });
});
