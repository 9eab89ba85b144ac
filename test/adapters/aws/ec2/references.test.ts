import { LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { describeVpcReferences } from '../../../../shared/adapters/aws/ec2/facts/references.ts';
import { listGroups } from '../../../../shared/adapters/aws/ec2/list-groups.ts';
import { securityGroups } from '../../../../shared/adapters/aws/ec2/snapshot.ts';
import { listFunctions } from '../../../../shared/adapters/aws/lambda.ts';
import type { Snapshot } from '../../../../shared/domain/ec2.ts';
import { answering, ec2Error } from '../answering.ts';

/** A Lambda client that answers these pages in place of the network, and what it was asked. */
function lambdaAnswering(answer: (input: Record<string, unknown>) => object) {
  const lambda = new LambdaClient({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const sent: Record<string, unknown>[] = [];
  lambda.middlewareStack.add(
    () => async (args) => {
      const input = { ...args.input };
      sent.push(input);
      return { output: { $metadata: {}, ...answer(input) }, response: {} };
    },
    { step: 'initialize', name: 'answering' },
  );
  return { lambda, sent };
}

function byGroup(found: ReadonlyMap<string, ReadonlySet<string>>) {
  return Object.fromEntries(Array.from(found, ([id, names]) => [id, [...names]]));
}

function version(FunctionName: string, ...SecurityGroupIds: readonly string[]) {
  return {
    FunctionName,
    VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds },
  };
}

describe('the functions that name groups', () => {
  it('are read page by page, with their published versions, each function once', async () => {
    const pages: Record<string, object> = {
      first: { Functions: [version('resize', 'sg-1', 'sg-2'), { FunctionName: 'outside' }], NextMarker: 'second' },
      second: { Functions: [version('resize', 'sg-1'), version('mail', 'sg-1'), {}] },
    };
    const { lambda, sent } = lambdaAnswering(({ Marker = 'first' }) => pages[String(Marker)] ?? {});
    expect(byGroup(await listFunctions(lambda))).toEqual({ 'sg-1': ['resize', 'mail'], 'sg-2': ['resize'] });
    expect(sent).toEqual([
      { FunctionVersion: 'ALL', MaxItems: 50 },
      { FunctionVersion: 'ALL', MaxItems: 50, Marker: 'second' },
    ]);
  });

  it('are none where no function is in a VPC: Lambda then gives an empty configuration', async () => {
    const { lambda } = lambdaAnswering(() => ({ Functions: [version('outside')] }));
    expect(byGroup(await listFunctions(lambda))).toEqual({});
  });

  it.each([
    ['AccessDeniedException', 403, false],
    ['TooManyRequestsException', 429, true],
  ])('say why they could not be listed: %s', async (name, httpStatusCode, retryable) => {
    const { lambda } = lambdaAnswering(() => {
      throw new LambdaServiceException({ name, message: 'no', $fault: 'client', $metadata: { httpStatusCode } });
    });
    const failure = listFunctions(lambda);
    await expect(failure).rejects.toMatchObject({ call: 'ListFunctions', code: name, retryable });
  });
});

function references(input: Record<string, unknown>, gone: readonly string[] = []) {
  const groupIds = input['GroupId'] as readonly string[];
  if (groupIds.some((id) => gone.includes(id))) throw ec2Error('InvalidGroup.NotFound');
  const named = groupIds.filter((id) => id.endsWith('7'));
  return { SecurityGroupReferenceSet: named.map((GroupId) => ({ GroupId, ReferencingVpcId: 'vpc-9' })) };
}

function ids(count: number) {
  return Array.from({ length: count }, (_, index) => `sg-${index}`);
}

describe('the VPCs that name groups', () => {
  it('are asked about for 200 groups in one call', async () => {
    const { ec2, sent } = answering({ DescribeSecurityGroupReferences: (input) => references(input) });
    const found = await describeVpcReferences(ec2, ids(401));
    expect(sent.map(({ input }) => (input['GroupId'] as readonly string[]).length)).toEqual([200, 200, 1]);
    expect([found.size, [...(found.get('sg-207') ?? [])], found.get('sg-208')?.size]).toEqual([401, ['vpc-9'], 0]);
  });

  it('are found for all the others where EC2 does not know one of 200, with 16 calls more at the most', async () => {
    for (const gone of ['sg-0', 'sg-107', 'sg-199']) {
      const { ec2, sent } = answering({ DescribeSecurityGroupReferences: (input) => references(input, [gone]) });
      const found = await describeVpcReferences(ec2, ids(200));
      expect([found.size, found.has(gone), found.get('sg-7')?.size]).toEqual([199, false, 1]);
      expect(sent.length).toBeLessThanOrEqual(17);
    }
  });

  it('are not asked for in parts where the call fails for another reason', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroupReferences: () => {
        throw ec2Error('UnauthorizedOperation', 403);
      },
    });
    await expect(describeVpcReferences(ec2, ids(200))).rejects.toMatchObject({ code: 'UnauthorizedOperation' });
    expect(sent).toHaveLength(1);
  });
});

function group(GroupId: string) {
  return { GroupId, GroupName: GroupId, VpcId: 'vpc-1', OwnerId: '111122223333' };
}

function account(gone: readonly string[] = []) {
  return answering({
    DescribeSecurityGroups: ({ Filters }) => {
      const [filter] = (Filters ?? []) as readonly { readonly Name: string; readonly Values: readonly string[] }[];
      const asked = filter === undefined ? ids(3) : filter.Values;
      return { SecurityGroups: filter?.Name.includes('permission') ? [] : asked.map(group) };
    },
    DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [] }),
    DescribeSecurityGroupReferences: (input) => references(input, gone),
  });
}

const NEEDS = new Set(['referencedBy'] as const);
async function NO_FUNCTIONS() {
  return new Map();
}

describe('what names a group', () => {
  it('is not known of a group of which EC2 does not tell what names it from beyond, and is of the others', async () => {
    const { ec2 } = account(['sg-1']);
    const [sight]: Snapshot[] = await Array.fromAsync(listGroups(ec2, NEEDS, NO_FUNCTIONS));
    expect(sight?.groups.map(({ facts }) => facts)).toEqual([{ referencedBy: [] }, {}, { referencedBy: [] }]);
    expect(sight?.unread.map(({ fact }) => fact)).toEqual(['VPCs that name sg-1']);
  });

  it('is not known where the functions cannot be listed, or nobody may list them', async () => {
    const failing = async () => Promise.reject(new Error('no network'));
    for (const functions of [failing, undefined]) {
      const scope = { by: 'group-id', ids: ['sg-0'] } as const;
      const { groups: sightings, unread } = await securityGroups(account().ec2, functions).fetchSnapshot(scope, NEEDS);
      expect(sightings.map(({ facts }) => facts)).toEqual([{}]);
      expect(unread.map(({ fact }) => fact)).toEqual(['the functions of the region']);
    }
  });

  it('costs no list of functions where no control asks for it', async () => {
    const asked: string[] = [];
    const functions = async () => {
      asked.push('functions');
      return new Map();
    };
    await securityGroups(account().ec2, functions).fetchSnapshot({ by: 'group-id', ids: ['sg-0'] }, new Set());
    await Array.fromAsync(listGroups(account().ec2, new Set(), functions));
    expect(asked).toEqual([]);
  });
});
