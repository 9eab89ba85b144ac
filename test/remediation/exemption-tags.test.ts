import { describe, expect, it } from 'vitest';
import type { Actor, Change, TagRequest } from '../../shared/domain/change.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { recordGrant } from '../../shared/workflows/common/grant.ts';
import { restore } from '../../shared/workflows/restore.ts';
import { runDueWork } from '../../shared/workflows/schedule/run-due-work.ts';
import { restoring, world } from '../workflows/grants/world.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';
const UNTIL = '2026-02-28';
const END = Date.parse('2026-03-01T00:00:00Z');
const DAY = 86_400_000;

const POLICY: Policy = { ...GUARD, exemptionTagsBy: ['arn:aws:iam::111122223333:role/network-*'] };

const ADMIN: Actor = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/network-admin/ann',
  name: 'ann',
  tool: 'terraform',
};
const BOB: Actor = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob', name: 'bob', tool: 'console' };

const TAGS = { 'portcullis:exempt-until': UNTIL, 'portcullis:reason': 'the vendor moves' };

function request(resources: readonly string[], more: Partial<TagRequest> = {}): TagRequest {
  return {
    what: 'set',
    resources,
    until: UNTIL,
    reason: 'the vendor moves',
    ...more,
  };
}

function creation(one: Rule, actor: Actor = ADMIN, more: Partial<TagRequest> = {}): Change {
  return change([one], { actor, exemptionTags: request([one.id!], more) });
}

function tagging(exemptionTags: TagRequest, more: Partial<Change> = {}): Change {
  const rules = exemptionTags.resources.filter((id) => id.startsWith('sgr-'));
  const groups = exemptionTags.resources.filter((id) => id.startsWith('sg-'));
  return change([], {
    id: 'tagging',
    call: exemptionTags.what === 'set' ? 'CreateTags' : 'DeleteTags',
    trigger: 'tagged',
    scope: groups.length > 0 ? { by: 'group-id', ids: groups } : { by: 'rule-id', ids: rules },
    added: { kind: 'unknown' },
    actor: ADMIN,
    exemptionTags,
    ...more,
  });
}

describe('exemption tags given with a rule', () => {
  it('exempt it where the policy names the principal: in the ledger, with its content, its owner and an end', async () => {
    const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
    const { run, left, told, news, ports } = cell([group([ssh])]);
    await run(creation(ssh), { policy: POLICY });
    expect([left(), told]).toEqual([[ssh], []]);
    const exemptions = await ports.exemptions.active([GROUP]);
    expect(exemptions).toMatchObject([
      {
        scope: { groupId: GROUP, content: 'ingress tcp 22 22 0.0.0.0/0' },
        by: { name: 'ann', arn: ADMIN.arn, through: 'tag' },
        owner: ADMIN.arn,
        reason: 'the vendor moves',
        until: END,
        place: { account: '111122223333', region: 'eu-west-1' },
      },
    ]);
    expect(news).toMatchObject([{ what: 'exempted', exemption: { id: exemptions[0]?.id } }]);
  });

  it('exempt nothing where it does not: the rule is closed, and people are told', async () => {
    const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
    const { run, left, news, ports } = cell([group([ssh])]);
    await run(creation(ssh, BOB), { policy: POLICY });
    expect(left()).toEqual([]);
    expect(await ports.exemptions.active([GROUP])).toEqual([]);
    expect(news).toMatchObject([
      {
        what: 'exemption-ignored',
        groupId: GROUP,
        because: 'the policy does not name the principal under exemptionTagsBy',
        asked: { by: { name: 'bob', through: 'tag' } },
      },
    ]);
  });

  it('exempt nothing in a policy that names nobody', async () => {
    const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
    const { run, left } = cell([group([ssh])]);
    await run(creation(ssh), { policy: GUARD });
    expect(left()).toEqual([]);
  });

  it('exempt nothing once the rule has another content than it was created with', async () => {
    const created = { ...rule('tcp', 22, '198.51.100.0/24'), tags: TAGS };
    const widened: Rule = { ...created, source: { kind: 'ipv4', cidr: WORLD } };
    const { run, left, news } = cell([group([widened])]);
    await run(creation(created), { policy: POLICY });
    expect(left()).toEqual([]);
    expect(news).toMatchObject([{ because: 'the rule was modified since it was created' }]);
  });

  it.each([
    ['no day', { until: 'soon' }, 'portcullis:exempt-until is "soon", which is not a date such as 2026-12-31'],
    ['a day that is over', { until: '2026-01-01' }, 'portcullis:exempt-until 2026-01-01 is over'],
    ['more than 90 days', { until: '2026-04-05' }, 'portcullis:exempt-until 2026-04-05 is more than 90 days from now'],
    ['no reason', { reason: ' ' }, 'it names no reason: set portcullis:reason in the same call'],
  ])('exempt nothing with %s', async (_, more, because) => {
    const asked = request(['sgr-x'], more);
    const tags = { 'portcullis:exempt-until': asked.until!, 'portcullis:reason': asked.reason! };
    const ssh = { ...rule('tcp', 22, WORLD), tags };
    const { run, left, news } = cell([group([ssh])]);
    await run(creation(ssh, ADMIN, more), { policy: POLICY });
    expect(left()).toEqual([]);
    expect(news).toMatchObject([{ what: 'exemption-ignored', because }]);
  });

  it('run 90 days at most, to the millisecond', async () => {
    const tags = { ...TAGS, 'portcullis:exempt-until': '2026-04-02' };
    const ssh = { ...rule('tcp', 22, WORLD), tags };
    const { run, ports, clock } = cell([group([ssh])]);
    await run(creation(ssh, ADMIN, { until: '2026-04-02' }), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toMatchObject([{ until: clock.at + 90 * DAY }]);
  });

  it('are never believed by the look of them: without a call by a named principal the rule goes', async () => {
    const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
    const { run, left, news } = cell([group([ssh], { tags: TAGS })]);
    await run(change([ssh], { actor: ADMIN }), { policy: POLICY });
    expect([left(), news]).toEqual([[], []]);
  });

  it('are asked for again, and nothing is closed, when the ledger could not be written', async () => {
    const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
    const { run, left, ports } = cell([group([ssh])]);
    const put = async () => await Promise.reject(new CallFailed('PutItem', 'Throttled', true, 'later'));
    const broken = { exemptions: { ...ports.exemptions, put } };
    await expect(run(creation(ssh), { policy: POLICY, ports: broken })).rejects.toThrow('Throttled');
    expect(left()).toEqual([ssh]);
    await run(creation(ssh), { policy: POLICY });
    expect(left()).toEqual([ssh]);
  });

  it('hold up no closing when people cannot be told that they were ignored', async () => {
    const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
    const { run, left, ports } = cell([group([ssh])]);
    const notify = async () => await Promise.reject(new CallFailed('Publish', 'Throttled', true, 'later'));
    const deaf = { notifier: { ...ports.notifier, notify } };
    await expect(run(creation(ssh, BOB), { policy: POLICY, ports: deaf })).rejects.toThrow('Throttled');
    expect(left()).toEqual([]);
  });
});

describe('exemption tags that CloudTrail has not confirmed', () => {
  const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
  const forged = { policy: POLICY, forged: true } as const;

  it('exempt nothing, whatever the event claims: the rule is closed, and the request waits in the ledger', async () => {
    const account = world([group([ssh])], { policy: POLICY });
    await account.run(creation(ssh), forged);
    expect(account.left()).toEqual([]);
    expect(await account.exemptions.active([GROUP])).toEqual([]);
    expect(await account.grantCell.ports.confirmations.pending()).toMatchObject([
      { what: 'exemption', eventId: 'event-1', groupId: GROUP, asked: { by: { name: 'ann', through: 'tag' } } },
    ]);
    expect(account.journal).toContainEqual(expect.objectContaining({ what: 'unconfirmed' }));
  });

  it('are told of after an hour, once, and forgotten', async () => {
    const account = world([group([ssh])], { policy: POLICY });
    await account.run(creation(ssh), forged);
    account.clock.at += 3_599_999;
    expect(await runDueWork(account.grantCell)).toEqual([]);
    account.clock.at += 1;
    expect(await runDueWork(account.grantCell)).toEqual([{ what: 'unconfirmed', id: 'event-1' }]);
    expect(await runDueWork(account.grantCell)).toEqual([]);
    expect(account.news).toMatchObject([
      { what: 'exemption-ignored', groupId: GROUP, because: /CloudTrail has not confirmed within an hour/ },
    ]);
    expect(account.replayed).toEqual([]);
  });

  it('count once CloudTrail has the event, also for a rule that was closed meanwhile, which may be restored then', async () => {
    const account = world([group([ssh])], { policy: POLICY });
    await account.run(creation(ssh), forged);
    const id = await account.idOf();
    account.clock.at += 300_000;
    account.trail.set('event-1', creation(ssh));
    expect(await runDueWork(account.grantCell)).toEqual([{ what: 'confirmed', id: 'event-1' }]);
    expect(account.replayed).toEqual(['event-1 eu-west-1']);
    await account.run({ ...creation(ssh), confirmed: true }, { policy: POLICY, owner: 'replay' });
    expect(await account.exemptions.active([GROUP])).toMatchObject([
      { scope: { groupId: GROUP, content: 'ingress tcp 22 22 0.0.0.0/0' }, owner: ADMIN.arn },
    ]);
    expect(account.news).toMatchObject([{ what: 'exempted' }]);
    expect(await restore(restoring(id), account.grantCell)).toMatchObject({ kind: 'restored' });
  });

  it.each([
    ['another principal', { actor: BOB }],
    ['another rule', { exemptionTags: request(['sgr-00000000000000abc']) }],
    ['no tags', { exemptionTags: undefined }],
  ])('exempt nothing by the id of a real event with %s', async (_, more) => {
    const account = world([group([ssh])], { policy: POLICY });
    const { exemptionTags: _tags, ...plain } = creation(ssh);
    const real: Change =
      'exemptionTags' in more && more.exemptionTags === undefined ? plain : { ...creation(ssh), ...more };
    account.trail.set('event-1', real);
    await account.run(creation(ssh), forged);
    expect([account.left(), await account.exemptions.active([GROUP])]).toEqual([[], []]);
  });

  it('hold up no closing where CloudTrail cannot be asked', async () => {
    const account = world([group([ssh])], { policy: POLICY });
    const changeOf = async () => await Promise.reject(new CallFailed('LookupEvents', 'Throttled', true, 'later'));
    await account.run(creation(ssh), { ...forged, ports: { trail: { findChange: changeOf } } });
    expect(account.left()).toEqual([]);
    expect(await account.grantCell.ports.confirmations.pending()).toMatchObject([{ because: /Throttled/ }]);
  });

  it('are not looked up where they would exempt nothing', async () => {
    const account = world([group([ssh])], { policy: POLICY });
    const changeOf = async () => await Promise.reject(new Error('nobody asks'));
    await account.run(creation(ssh, BOB), { ...forged, ports: { trail: { findChange: changeOf } } });
    expect(account.news).toMatchObject([{ what: 'exemption-ignored' }]);
  });

  it('are looked up 20 at a time, two a second', async () => {
    const account = world([group([])], { policy: POLICY });
    const one = { what: 'exemption', account: '1', region: 'r', groupId: GROUP, because: 'x' } as const;
    const asked = { by: { name: 'ann', through: 'tag' }, reason: '', at: 0 } as const;
    for (let n = 0; n < 30; n += 1)
      await account.grantCell.ports.confirmations.add({
        ...one,
        asked,
        eventId: `e-${n}`,
        since: account.clock.at + n,
      });
    const looked: string[] = [];
    const changeOf = async (id: string) => void looked.push(id);
    const began = account.clock.at;
    await runDueWork({ ...account.grantCell, ports: { ...account.grantCell.ports, trail: { findChange: changeOf } } });
    expect([looked.length, looked[0], account.clock.at - began]).toEqual([20, 'e-0', 19 * 600]);
  });
});

describe('exemption tags set on what is there', () => {
  const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };

  it('exempt a rule, once, however often the event comes', async () => {
    const { run, ports, news, told } = cell([group([ssh])]);
    for (let time = 1; time <= 3; time += 1) await run(tagging(request([ssh.id!])), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toHaveLength(1);
    expect(new Set(news.map(({ id }) => id)).size).toBe(1);
    expect(told).toEqual([]);
  });

  it('exempt a whole group, and what comes into it', async () => {
    const { run, left, ports } = cell([group([], { tags: TAGS })]);
    await run(tagging(request([GROUP])), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toMatchObject([{ scope: { groupId: GROUP } }]);
    expect((await ports.exemptions.active([GROUP]))[0]?.scope).not.toHaveProperty('content');
    expect(left()).toEqual([]);
  });

  it('exempt groups and rules of one call, each by itself', async () => {
    const other = group([{ ...ssh, groupId: 'sg-00000000000000002' }], { id: 'sg-00000000000000002' });
    const { run, ports } = cell([group([], { tags: TAGS }), other]);
    await run(tagging(request([GROUP, ssh.id!])), { policy: POLICY });
    const scopes = (await ports.exemptions.active([GROUP, other.id])).map(({ scope }) => scope);
    expect(scopes).toHaveLength(2);
    expect(scopes).toContainEqual({ groupId: GROUP });
    expect(scopes).toContainEqual({ groupId: other.id, content: 'ingress tcp 22 22 0.0.0.0/0' });
  });

  it('renew an exemption when they are changed, under the same id', async () => {
    const { run, ports, ec2 } = cell([group([ssh])]);
    await run(tagging(request([ssh.id!])), { policy: POLICY });
    const [first] = await ports.exemptions.active([GROUP]);
    ec2.put(group([{ ...ssh, tags: { ...TAGS, 'portcullis:exempt-until': '2026-03-10' } }]));
    const until: TagRequest = { what: 'set', resources: [ssh.id!], until: '2026-03-10' };
    await run(tagging(until, { id: 'renewal' }), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toMatchObject([
      {
        id: first?.id,
        reason: 'the vendor moves',
        until: Date.parse('2026-03-11T00:00:00Z'),
        renewed: [{ by: { name: 'ann' } }],
      },
    ]);
  });

  it('end it when they are deleted, and what was exempt is judged in the same breath', async () => {
    const { run, ports, ec2, told, news } = cell([group([ssh])]);
    await run(tagging(request([ssh.id!])), { policy: POLICY });
    ec2.put(group([{ ...ssh, tags: {} }]));
    await run(tagging(request([ssh.id!], { what: 'removed' }), { id: 'deletion' }), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toEqual([]);
    expect(news.map(({ what }) => what)).toEqual(['exempted', 'exemption-ended']);
    expect(told).toMatchObject([{ status: 'reported', plan: { decision: { findings: [{ freshness: 'existing' }] } } }]);
  });

  it('neither renew nor end it when somebody else changes or deletes them', async () => {
    const { run, ports, ec2, news } = cell([group([ssh])]);
    await run(tagging(request([ssh.id!])), { policy: POLICY });
    ec2.put(group([{ ...ssh, tags: {} }]));
    await run(tagging(request([ssh.id!], { what: 'removed' }), { id: 'deletion', actor: BOB }), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toMatchObject([{ until: END }]);
    expect(news.at(-1)).toMatchObject({ what: 'exemption-ignored', asked: { by: { name: 'bob' } } });
  });

  it('do not come back to life by an event that comes late', async () => {
    const { run, ports, news } = cell([group([{ ...ssh, tags: {} }])]);
    await run(tagging(request([ssh.id!], { what: 'removed' }), { id: 'deletion' }), { policy: POLICY });
    await run(tagging(request([ssh.id!])), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toEqual([]);
    expect(news).toMatchObject([{ what: 'exemption-ignored', because: 'the tags have changed since the call' }]);
  });

  it('stand when the event of an earlier deletion comes late', async () => {
    const { run, ports } = cell([group([ssh])]);
    await run(tagging(request([ssh.id!])), { policy: POLICY });
    await run(tagging(request([ssh.id!], { what: 'removed' }), { id: 'deletion' }), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toHaveLength(1);
  });

  it('are told of where what they name is gone', async () => {
    const { run, news } = cell([group([])]);
    await run(tagging(request([ssh.id!])), { policy: POLICY });
    expect(news).toMatchObject([{ what: 'exemption-ignored', because: 'the tagged group or rule no longer exists' }]);
  });
});

describe('what somebody tries with exemption tags', () => {
  const modification = (one: Rule, at: number): Change =>
    change([], {
      id: 'modified',
      call: 'ModifySecurityGroupRules',
      trigger: 'rules-modified',
      added: { kind: 'rules', ids: [one.id!], contents: [], becoming: [{ id: one.id!, content: one }] },
      actor: BOB,
      at,
    });
  const office = rule('tcp', 22, '198.51.100.0/24');
  const swapped: Rule = { ...office, source: { kind: 'ipv4', cidr: WORLD }, tags: TAGS };

  it.each([0, 1000])(
    'a rule that is modified after it was tagged (%i ms) and before anybody looked is closed',
    async (ms) => {
      const { run, left, news, ports, clock } = cell([group([swapped])]);
      const tags = tagging(request([office.id!]), { at: clock.at });
      await run(tags, { policy: POLICY });
      await run(modification(swapped, clock.at + ms), { policy: POLICY });
      expect(left()).toEqual([]);
      expect(await ports.exemptions.active([GROUP])).toEqual([]);
      expect(news).toMatchObject([
        { what: 'exempted' },
        { what: 'exemption-ended', exemption: { ended: { by: { through: 'portcullis' } } } },
      ]);
      await run(tags, { policy: POLICY });
      expect(await ports.exemptions.active([GROUP])).toEqual([]);
    },
  );

  it('leave that was asked for after the modification stands', async () => {
    const { run, left, clock } = cell([group([swapped])]);
    await run(tagging(request([office.id!]), { at: clock.at }), { policy: POLICY });
    await run(modification(swapped, clock.at - 1000), { policy: POLICY });
    expect(left()).toEqual([swapped]);
  });

  it('an event that comes again does not revive leave that a person has ended', async () => {
    const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
    const { run, left, ports, clock } = cell([group([ssh])]);
    await run(creation(ssh), { policy: POLICY });
    const [given] = await ports.exemptions.active([GROUP]);
    const by = { name: 'carol', through: 'command-line' } as const;
    await ports.exemptions.put({ ...given!, ended: { by, reason: 'no more', at: clock.at } });
    clock.at += DAY;
    await run(creation(ssh), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toEqual([]);
    expect(left()).toEqual([]);
  });

  it('a hundred tags by somebody whom the policy does not name are told of once', async () => {
    const rules = Array.from({ length: 100 }, (_, place) => ({
      ...rule('tcp', 10_000 + place, '198.51.100.0/24'),
      tags: TAGS,
    }));
    const { run, news } = cell([group(rules)]);
    await run(tagging(request(rules.map(({ id }) => id!)), { actor: BOB }), { policy: POLICY });
    expect(news).toMatchObject([{ what: 'exemption-ignored', groupId: GROUP, others: 99 }]);
  });

  it('the tags of a rule that Portcullis gives back ask for nothing, even if the policy names its role', async () => {
    const ssh = { ...rule('tcp', 22, WORLD), tags: TAGS };
    const { run, left, ports, news, ec2 } = cell([group([ssh])]);
    await run(creation(ssh, BOB), { policy: POLICY });
    const given = { ...rule('tcp', 22, WORLD), tags: TAGS };
    await recordGrant(GROUP, [given], { ports });
    ec2.put(group([given]));
    const told = news.length;
    await run(creation(given), { policy: POLICY });
    expect(await ports.exemptions.active([GROUP])).toEqual([]);
    expect([left(), news.length]).toEqual([[], told]);
  });
});
