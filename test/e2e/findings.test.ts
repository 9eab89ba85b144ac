import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../shared/domain/policy.ts';
import { requestsTo } from './requests.ts';
import { openShop, openShopUnder, tcp } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => await shop.close());

function eventsOf() {
  return shop.local.account.busEvents.map(({ detail }): unknown => JSON.parse(detail));
}
function findings() {
  return [...shop.local.account.region('eu-west-1').findings.values()];
}

describe('an opening, as other systems see it', () => {
  it('is one event and one finding that has passed, both with the id of the case', async () => {
    await shop.authorize('app', tcp(22, '0.0.0.0/0'));
    await shop.delivery.drain();
    const [event] = eventsOf();
    expect(shop.local.account.busEvents).toHaveLength(1);
    expect(event).toMatchObject({ status: 'done', group: { id: shop.groupId('app') }, rules: [{ fate: 'removed' }] });
    expect(findings()).toMatchObject([{ Compliance: { Status: 'PASSED' }, RecordState: 'ARCHIVED' }]);
    const { planId } = event as { planId: string };
    const { caseId } = event as { caseId: string };
    expect(findings()[0]?.Id).toBe(`portcullis/${caseId}`);
    expect(shop.local.messages[0]?.attributes['dedupId']?.value).toBe(planId);
  });

  it('arrives although Security Hub fails at first, without a further message', async () => {
    const [events, told, found] = [eventsOf().length, shop.local.messages.length, findings().length];
    shop.local.faults.push({ service: 'securityhub', kind: 'internal-error', times: 5 });
    await shop.authorize('app', tcp(3389, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(findings()).toHaveLength(found + 1);
    const ids = (texts: readonly unknown[]) => new Set(texts);
    expect(ids(shop.local.messages.slice(told).map(({ attributes }) => attributes['dedupId']?.value)).size).toBe(1);
    expect(
      ids(
        eventsOf()
          .slice(events)
          .map((one) => Object(one).planId),
      ).size,
    ).toBe(1);
    expect(shop.delivery.failures).toEqual([]);
  });
});

describe('a finding in alert mode', () => {
  let alerting: Awaited<ReturnType<typeof openShop>>;

  /** New openings of SSH are alerted, existing ones are closed. */
  const alertFirst = (policy: Policy): Policy => {
    const admin = policy.controls['world-open-admin'];
    if (admin === undefined) throw new RangeError('the policy has no world-open-admin');
    return { ...policy, controls: { 'world-open-admin': { ...admin, fresh: 'alert', existing: 'enforce' } } };
  };

  beforeAll(async () => {
    alerting = await openShopUnder(alertFirst);
  });
  afterAll(async () => {
    await alerting.close();
  });

  const stored = () => [...alerting.local.account.region('eu-west-1').findings.values()];
  const states = (groupId: string) =>
    stored()
      .filter(({ Resources }) => Resources?.[0]?.Id?.endsWith(groupId))
      .map(({ RecordState, Compliance }) => `${RecordState} ${Compliance?.Status}`);

  it('is archived by a later removal under another plan', async () => {
    await alerting.authorize('app', tcp(22, '0.0.0.0/0'));
    await alerting.delivery.drain();
    const app = alerting.groupId('app');
    expect(states(app)).toEqual(['ACTIVE FAILED']);
    await requestsTo(alerting).look(app);
    expect(states(app)).toEqual(['ARCHIVED PASSED']);
    const events = alerting.local.account.busEvents.map(({ detail }) => Object(JSON.parse(detail)));
    // Reported and closed within a minute, it is reported as closed once more, because the reports may arrive
    // in any order.
    expect([...new Set(events.map(({ status }) => status))]).toEqual(['reported', 'done']);
    expect(new Set(events.map(({ planId }) => planId)).size).toBe(2);
    expect(new Set(events.map(({ caseId }) => caseId)).size).toBe(1);
  });

  it('is archived without a message when somebody removes the rule', async () => {
    const [opened] = await alerting.authorize('web', tcp(22, '0.0.0.0/0'));
    await alerting.delivery.drain();
    const web = alerting.groupId('web');
    expect(states(web)).toEqual(['ACTIVE FAILED']);
    const told = alerting.local.messages.length;
    const SecurityGroupRuleIds = [opened?.SecurityGroupRuleId ?? ''];
    await alerting.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: web, SecurityGroupRuleIds }));
    await alerting.delivery.drain();
    expect(states(web)).toEqual(['ARCHIVED PASSED']);
    expect(alerting.local.messages).toHaveLength(told);
  });

  it('is archived when somebody deletes the group', async () => {
    const VpcId = [...alerting.local.account.region('eu-west-1').vpcs.keys()][0] ?? '';
    const made = await alerting.ec2.send(
      new CreateSecurityGroupCommand({ GroupName: 'short-lived', Description: 'short-lived', VpcId }),
    );
    const id = made.GroupId ?? '';
    await alerting.authorize('short-lived', tcp(22, '0.0.0.0/0'));
    await alerting.delivery.drain();
    expect(states(id)).toEqual(['ACTIVE FAILED']);
    await alerting.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
    await alerting.delivery.drain();
    expect(states(id)).toEqual(['ARCHIVED PASSED']);
    expect(alerting.delivery.failures).toEqual([]);
  });
});
