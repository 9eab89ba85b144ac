import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type openShop, openShopUnder, tcp } from './shop.ts';

const ADMIN_KEY = 'AKIANETWORKADMIN0000';
const ROLE = 'arn:aws:iam::111122223333:role/network-admin';

let shop: Awaited<ReturnType<typeof openShop>>;
let admin: EC2Client;

beforeAll(async () => {
  const principals = {
    [ADMIN_KEY]: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/network-admin/ann',
      name: 'ann',
    },
  } as const;
  shop = await openShopUnder((policy) => ({ ...policy, exemptionTagsBy: [ROLE] }), { principals });
  admin = new EC2Client(shop.settings(ADMIN_KEY));
});

afterAll(async () => {
  admin.destroy();
  await shop.close();
});

function inDays(days: number): string {
  return new Date(shop.clock.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function tags(days: number) {
  return [
    { Key: 'portcullis:exempt-until', Value: inDays(days) },
    { Key: 'portcullis:reason', Value: 'the vendor moves' },
  ];
}

async function open(ec2: EC2Client, port: number) {
  const { SecurityGroupRules = [] } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: shop.groupId('app'),
      IpPermissions: [tcp(port, '0.0.0.0/0')],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: tags(30) }],
    }),
  );
  await shop.delivery.drain();
  return SecurityGroupRules[0]?.SecurityGroupRuleId ?? '';
}

async function isThere(id: string): Promise<boolean> {
  return (await shop.rules('app')).some(({ SecurityGroupRuleId }) => SecurityGroupRuleId === id);
}

describe('exemption tags through the real SDK and the bundled function', () => {
  it('set at creation by a principal that the policy does not list exempt nothing', async () => {
    const told = shop.local.messages.length;
    expect(await isThere(await open(shop.ec2, 22))).toBe(false);
    expect(shop.local.messages.slice(told).map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining('Exemption tags ignored'),
    );
  });

  it('set at creation by a listed role exempt the rule until they are deleted', async () => {
    const id = await open(admin, 3389);
    expect(await isThere(id)).toBe(true);
    const told = shop.local.messages.length;
    await admin.send(new DeleteTagsCommand({ Resources: [id] }));
    await shop.delivery.drain();
    const subjects = shop.local.messages.slice(told).map(({ subject }) => subject);
    expect(subjects).toEqual([expect.stringContaining('Exemption ended')]);
    // The rule never existed without the exemption, so it counts as new, and on-schedule has it closed.
    await shop.clock.advance(5 * 60_000);
    await shop.tick();
    expect(await isThere(id)).toBe(false);
    expect(shop.local.messages.at(-1)?.subject).toMatch(/^Closed .* app$/);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('set on a group exempt later rules, and other tags cause no event', async () => {
    const before = shop.local.calls.length;
    await shop.ec2.send(new CreateTagsCommand({ Resources: [shop.groupId('app')], Tags: [{ Key: 'a', Value: 'b' }] }));
    await shop.delivery.drain();
    expect(shop.local.calls.slice(before).map(({ operation }) => operation)).toEqual(['CreateTags']);
    await admin.send(new CreateTagsCommand({ Resources: [shop.groupId('app')], Tags: tags(10) }));
    await shop.delivery.drain();
    const [rule] = await shop.authorize('app', tcp(6379, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(await isThere(rule?.SecurityGroupRuleId ?? '')).toBe(true);
    expect(shop.delivery.failures).toEqual([]);
  });
});
