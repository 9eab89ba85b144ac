import {
  AcceptVpcPeeringConnectionCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeSecurityGroupReferencesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { type LambdaClient, ListFunctionsCommand, paginateListFunctions } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Estate } from '../../../../../infra/local/estate/estate.ts';
import { loadEstate } from '../../../../../infra/local/estate/load-estate.ts';
import { type LocalAccount, startLocalAccount } from '../../../../../infra/local/start.ts';
import { Account } from '../../../../../infra/local/state/account.ts';
import { VirtualClock } from '../../../../../infra/local/time/virtual-clock.ts';
import { accountClient } from '../../../../../shared/adapters/aws/clients/personal.ts';
import { CLIENT_SETTINGS } from '../../../../../shared/adapters/aws/clients/settings.ts';
import { listGroups } from '../../../../../shared/adapters/aws/ec2/list-groups.ts';
import { functionsClient } from '../../../../../shared/adapters/aws/lambda.ts';
import { clientConfig, ec2Client } from '../../local-client.ts';

const BEYOND = { vpcId: 'vpc-0bbbbbbbbbbbbbbb1', ownerId: '444455556666' };

const estate: Estate = {
  vpcs: [
    {
      name: 'shop',
      cidr: '10.20.0.0/16',
      groups: [{ name: 'night' }, { name: 'old' }, { name: 'partner' }, { name: 'spare' }],
      functions: [{ name: 'close-books', groups: ['night'], published: [['old'], ['night']] }],
      peerings: [{ ...BEYOND, names: ['partner'] }],
    },
  ],
};

let local: LocalAccount;
let ec2: EC2Client;
let lambda: LambdaClient;

beforeEach(async () => {
  local = await startLocalAccount({ estate });
  vi.stubEnv('AWS_ENDPOINT_URL', local.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  ec2 = ec2Client(local);
  lambda = functionsClient({ ...CLIENT_SETTINGS, ...clientConfig(local) });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  ec2.destroy();
  lambda.destroy();
  await local.close();
});

function idOf(name: string): string {
  const groups = [...local.account.region('us-east-1').groups.values()];
  return groups.find((group) => group.name === name)?.id ?? '';
}

async function refusal(call: Promise<unknown>) {
  return call.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

async function newVpc(CidrBlock: string) {
  return (await ec2.send(new CreateVpcCommand({ CidrBlock }))).Vpc?.VpcId ?? '';
}

async function newGroup(VpcId: string) {
  return (
    (await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId }))).GroupId ?? ''
  );
}

async function letIn(GroupId: string, source: string) {
  const traffic = { IpProtocol: 'tcp', FromPort: 9000, ToPort: 9000, UserIdGroupPairs: [{ GroupId: source }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [traffic] }));
}

async function peer(VpcId: string, PeerVpcId: string, PeerOwnerId?: string) {
  const { VpcPeeringConnection } = await ec2.send(
    new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId, ...(PeerOwnerId && { PeerOwnerId }) }),
  );
  return VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
}

async function accept(VpcPeeringConnectionId: string) {
  return ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
}

async function references(...GroupId: readonly string[]) {
  return (await ec2.send(new DescribeSecurityGroupReferencesCommand({ GroupId: [...GroupId] })))
    .SecurityGroupReferenceSet;
}

describe('Lambda of the embedded account', () => {
  it('lists the latest version of each function, or all versions', async () => {
    const latest = await lambda.send(new ListFunctionsCommand({}));
    expect(latest.Functions).toMatchObject([
      {
        FunctionName: 'close-books',
        FunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:close-books',
        Version: '$LATEST',
        VpcConfig: { SecurityGroupIds: [idOf('night')], VpcId: expect.stringMatching(/^vpc-/) },
      },
    ]);
    const all = await lambda.send(new ListFunctionsCommand({ FunctionVersion: 'ALL' }));
    expect(all.Functions?.map((one) => [one.Version, one.VpcConfig?.SecurityGroupIds])).toEqual([
      ['$LATEST', [idOf('night')]],
      ['1', [idOf('old')]],
      ['2', [idOf('night')]],
    ]);
  });

  it('returns at most 50 functions a page', async () => {
    const { functions } = local.account.region('us-east-1');
    for (let index = 0; index < 120; index++) functions.set(`f-${index}`, { name: `f-${index}`, published: [] });
    const sizes: number[] = [];
    for await (const page of paginateListFunctions({ client: lambda, pageSize: 100 }, {})) {
      sizes.push(page.Functions?.length ?? 0);
    }
    expect(sizes).toEqual([50, 50, 21]);
  });

  it('refuses invalid calls with Lambda’s errors', async () => {
    expect(await refusal(lambda.send(new ListFunctionsCommand({ MaxItems: 10_001 })))).toBe(
      'InvalidParameterValueException',
    );
    for (const [kind, code] of [
      ['throttle', 'TooManyRequestsException'],
      ['internal-error', 'ServiceException'],
      ['unauthorized', 'AccessDeniedException'],
    ] as const) {
      local.faults.splice(0, 1, { service: 'lambda', kind });
      expect(await refusal(lambda.send(new ListFunctionsCommand({})))).toBe(code);
    }
  });

  it('reports that other operations are not implemented', async () => {
    const authorization = { authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/lambda/aws4_request' };
    for (const [method, path] of [
      ['GET', '/2015-03-31/functions/close-books'],
      ['POST', '/2015-03-31/functions'],
    ] as const) {
      const answer = await fetch(`${local.endpoint}${path}`, { method, headers: authorization });
      expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([404, 'UnknownOperationException']);
    }
    const asTheCli = await fetch(`${local.endpoint}/2015-03-31/functions/`, { headers: authorization });
    expect(await asTheCli.json()).toMatchObject({ Functions: [{ FunctionName: 'close-books' }] });
  });
});

describe('references over peering connections of the embedded account', () => {
  it('to another account’s VPC come from the estate', async () => {
    expect(await references(idOf('partner'), idOf('spare'))).toEqual([
      {
        GroupId: idOf('partner'),
        ReferencingVpcId: BEYOND.vpcId,
        VpcPeeringConnectionId: expect.stringMatching(/^pcx-0/),
      },
    ]);
  });

  it('appear on the referenced side after the connection was accepted', async () => {
    const [left, right] = [await newVpc('10.1.0.0/16'), await newVpc('10.2.0.0/16')];
    const [named, naming] = [await newGroup(left), await newGroup(right)];
    const id = await peer(right, left);
    expect(await refusal(letIn(naming, named))).toBe('InvalidGroup.NotFound');
    await accept(id);
    expect(await references(named)).toEqual([]);
    await letIn(naming, named);
    expect(await references(named, naming)).toEqual([
      { GroupId: named, ReferencingVpcId: right, VpcPeeringConnectionId: id },
    ]);
  });

  it('need a connection that EC2 would accept', async () => {
    const [left, right, same] = [await newVpc('10.1.0.0/16'), await newVpc('10.2.0.0/16'), await newVpc('10.1.0.0/24')];
    const id = await peer(left, right);
    expect(await refusal(peer(right, left))).toBe('VpcPeeringConnectionAlreadyExists');
    await accept(id);
    expect(await refusal(accept(id))).toBe('InvalidStateTransition');
    expect(await refusal(accept(await peer(left, same)))).toBe('InvalidStateTransition');
    expect(await refusal(accept('pcx-0123456789abcdef0'))).toBe('InvalidVpcPeeringConnectionID.NotFound');
    expect(await refusal(peer(left, 'vpc-0123456789abcdef0'))).toBe('InvalidVpcID.NotFound');
    expect(await refusal(accept(await peer(left, BEYOND.vpcId, BEYOND.ownerId)))).toBe('OperationNotPermitted');
  });
});

describe('references to a group of the embedded account', () => {
  it('include an idle function, an old version of it, and a VPC of another account', async () => {
    const account = await accountClient({ region: 'us-east-1', environment: {} });
    const sights = await Array.fromAsync(listGroups(account.ec2, new Set(['referencedBy']), account.functions));
    account.ec2.destroy();
    expect(sights.flatMap(({ unread }) => unread)).toEqual([]);
    const told = sights.flatMap(({ groups: sightings }) =>
      sightings.map((one) => [one.group.name, one.facts.referencedBy]),
    );
    expect(Object.fromEntries(told)).toEqual({
      default: [],
      night: [{ kind: 'function', id: 'close-books' }],
      old: [{ kind: 'function', id: 'close-books' }],
      partner: [{ kind: 'vpc', id: BEYOND.vpcId }],
      spare: [],
    });
  });

  it.each([
    ['lambda', 'ListFunctions', /^unread: the functions of the region: ListFunctions: AccessDeniedException/],
    ['ec2', 'DescribeSecurityGroupReferences', /^unread: VPCs that name sg-.*: UnauthorizedOperation/],
  ] as const)('are unread if %s refuses %s, with the refused call', async (service, operation, said) => {
    local.faults.push({ service, operation, kind: 'unauthorized' });
    const account = await accountClient({ region: 'us-east-1', environment: {} });
    const [sight] = await Array.fromAsync(listGroups(account.ec2, new Set(['referencedBy']), account.functions));
    account.ec2.destroy();
    expect(sight?.groups.map(({ facts }) => facts)).toEqual([{}, {}, {}, {}, {}]);
    expect(sight?.unread.map(({ message }) => message)).toEqual([expect.stringMatching(said)]);
  });
});

describe('an estate', () => {
  it.each([
    { functions: [{ name: 'f', groups: ['nobody'] }] },
    { functions: [{ name: 'f', groups: [], published: [['nobody']] }] },
    { peerings: [{ ...BEYOND, names: ['nobody'] }] },
  ])('is refused if it references an unknown group: %j', (more) => {
    const account = new Account({
      accountId: '111122223333',
      homeRegion: 'us-east-1',
      clock: new VirtualClock(),
      random: () => 0.5,
    });
    const load = () => loadEstate(account, { vpcs: [{ name: 'a', cidr: '10.0.0.0/16', groups: [], ...more }] });
    expect(load).toThrow('The estate references the group nobody');
  });
});
