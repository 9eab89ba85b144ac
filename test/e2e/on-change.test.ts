import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROLE_KEY } from '../../infra/local/cell/run-cell.ts';
import { textForProtocol } from '../../infra/local/services/sns.ts';
import { openShop, stepsToClose, tcp } from './shop.ts';

/** A region with a forwarder. */
const AWAY = 'ap-southeast-2';

let shop: Awaited<ReturnType<typeof openShop>>;

beforeAll(async () => {
  shop = await openShop({ otherRegions: [AWAY] });
  // The first event of a container loads modules, so it is not measured.
  await shop.authorize('app', tcp(9999, '10.0.0.0/8'));
  await shop.delivery.drain();
});
afterAll(async () => await shop.close());
beforeEach(() => {
  shop.local.calls.length = 0;
  shop.local.faults.length = 0;
  // Long enough for parallel calls to overlap.
  shop.local.faults.push({ service: 'ec2', kind: 'delay', ms: 20 });
});

function idsOf(rules: readonly { SecurityGroupRuleId?: string | undefined }[]) {
  return rules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId);
}
function messagesSince(count: number) {
  return shop.local.messages.slice(count).map((message) => textForProtocol('email', message));
}

/** Creates a group in a VPC of another region; `open` opens it to the world. */
async function groupIn(region: string) {
  const ec2 = new EC2Client({ ...shop.settings(), region });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.70.0.0/16' }));
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'away', Description: 'away', VpcId: Vpc?.VpcId }),
  );
  await shop.delivery.drain();
  const open = async () => {
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [tcp(22, '0.0.0.0/0')] }));
    await shop.delivery.drain();
    ec2.destroy();
  };
  const inbound = () =>
    [...shop.local.account.region(region).rules.values()].filter(
      ({ groupId, direction }) => groupId === GroupId && direction === 'ingress',
    );
  return { open, inbound };
}

describe('an opening through the real SDK and the bundled function', () => {
  it('is closed and reported, and the private rule of the same call stays unchanged', async () => {
    const told = shop.local.messages.length;
    const before = await shop.rules('app');
    const added = await shop.authorize('app', tcp(22, '0.0.0.0/0', '10.0.0.0/8'));
    await shop.delivery.drain();
    expect(await shop.rules('app')).toEqual([
      ...before,
      expect.objectContaining({ CidrIpv4: '10.0.0.0/8', SecurityGroupRuleId: added[1]?.SecurityGroupRuleId }),
    ]);
    expect(messagesSince(told)).toEqual([expect.stringContaining('tcp 22 from 0.0.0.0/0')]);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('takes two sequential EC2 calls: snapshot and removal', async () => {
    await shop.authorize('app', tcp(5432, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(stepsToClose(shop.local.calls)).toEqual([
      ['DescribeNetworkInterfaces', 'DescribeRouteTables', 'DescribeSecurityGroupRules', 'DescribeSecurityGroups'],
      ['RevokeSecurityGroupIngress'],
    ]);
  });

  it('takes three if a prefix list has to be read', async () => {
    await shop.authorize('app', {
      IpProtocol: 'tcp',
      FromPort: 3389,
      ToPort: 3389,
      PrefixListIds: [{ PrefixListId: shop.prefixListId() }],
    });
    await shop.delivery.drain();
    expect(stepsToClose(shop.local.calls).slice(1)).toEqual([
      ['DescribeManagedPrefixLists', 'GetManagedPrefixListEntries'],
      ['RevokeSecurityGroupIngress'],
    ]);
  });

  it("takes three for a new VPC's default group, and empties it in both directions", async () => {
    const { Vpc } = await shop.ec2.send(new CreateVpcCommand({ CidrBlock: '10.60.0.0/16' }));
    await shop.delivery.drain();
    const steps = stepsToClose(shop.local.calls);
    expect(steps).toHaveLength(3);
    expect(steps.at(-1)).toEqual(['RevokeSecurityGroupEgress', 'RevokeSecurityGroupIngress']);
    expect(messagesSince(0).at(-1)).toContain(Vpc?.VpcId);
  });

  it('is closed in a region with a forwarder by calls to that region only', async () => {
    const { open, inbound } = await groupIn(AWAY);
    shop.local.calls.length = 0;
    const told = shop.local.messages.length;
    await open();
    const own = shop.local.calls.filter(({ service, accessKeyId }) => service === 'ec2' && accessKeyId === ROLE_KEY);
    expect(own.map(({ operation }) => operation)).toContain('RevokeSecurityGroupIngress');
    expect(new Set(own.map((call) => call.region))).toEqual(new Set([AWAY]));
    expect(inbound()).toEqual([]);
    expect(messagesSince(told)).toEqual([expect.stringContaining(AWAY)]);
  });

  it('does not reach on-change from a region without a forwarder', async () => {
    const { open, inbound } = await groupIn('sa-east-1');
    const delivered = shop.delivery.delivered();
    await open();
    expect(inbound()).toHaveLength(1);
    expect(shop.delivery.delivered()).toBe(delivered);
  });

  it('is closed when it comes by an in-place modification', async () => {
    const [rule] = await shop.authorize('app', tcp(8443, '198.51.100.7/32'));
    await shop.delivery.drain();
    const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, CidrIpv4: '0.0.0.0/0' };
    const SecurityGroupRuleId = rule?.SecurityGroupRuleId ?? '';
    await shop.ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: shop.groupId('app'),
        SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
      }),
    );
    await shop.delivery.drain();
    expect(idsOf(await shop.rules('app'))).not.toContain(SecurityGroupRuleId);
  });
});

describe('a fault on the way', () => {
  it.each([
    [
      'the revoke breaks after its effect',
      { service: 'ec2', operation: 'RevokeSecurityGroupIngress', kind: 'reset-after', times: 1 },
      1433,
    ],
    [
      'the revoke is throttled',
      { service: 'ec2', operation: 'RevokeSecurityGroupIngress', kind: 'throttle', times: 2 },
      1521,
    ],
    [
      'the reservation breaks after its effect',
      { service: 'dynamodb', operation: 'PutItem', kind: 'reset-after', times: 1 },
      3306,
    ],
    [
      'the notice breaks before its effect',
      { service: 'sns', operation: 'Publish', kind: 'reset-before', times: 1 },
      5432,
    ],
    [
      'the look fails',
      { service: 'ec2', operation: 'DescribeSecurityGroupRules', kind: 'internal-error', times: 1 },
      6379,
    ],
    [
      'settling breaks after its effect',
      { service: 'dynamodb', operation: 'UpdateItem', kind: 'reset-after', times: 1 },
      9200,
    ],
  ] as const)('%s: the rule goes and people are told once', async (_name, fault, port) => {
    const told = shop.local.messages.length;
    shop.local.faults.push(fault);
    const added = await shop.authorize('web', tcp(port, '0.0.0.0/0'));
    await shop.delivery.drain();
    const left = idsOf(await shop.rules('web'));
    expect(idsOf(added).filter((id) => left.includes(id))).toEqual([]);
    expect(messagesSince(told)).toEqual([expect.stringMatching(/^Closed .* on sg-\w+ web\n/)]);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('a denial by IAM is reported as not closed, and the rule is listed as open', async () => {
    const told = shop.local.messages.length;
    shop.local.faults.push({ service: 'ec2', operation: 'RevokeSecurityGroupIngress', kind: 'unauthorized', times: 1 });
    await shop.authorize('web', tcp(1521, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(messagesSince(told)).toEqual([
      expect.stringMatching(/^NOT CLOSED: .* on sg-\w+ web\n[\s\S]*Open:\n.*tcp 1521/),
    ]);
  });

  it('the runtime switch at alert keeps the rule and says so', async () => {
    const ssm = new SSMClient(shop.settings());
    const until = new Date(shop.clock.now() + 3_600_000).toISOString();
    const Value = JSON.stringify({ mode: 'alert', until, reason: 'game day' });
    await ssm.send(new PutParameterCommand({ Name: '/portcullis/Portcullis/switch', Type: 'String', Value }));
    await shop.clock.advance(15_500);
    const added = await shop.authorize('web', tcp(9200, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(idsOf(await shop.rules('web'))).toContain(added[0]?.SecurityGroupRuleId);
    expect(messagesSince(0).at(-1)).toContain('the runtime switch is at alert');
  });
});
