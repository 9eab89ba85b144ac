import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grantAfterRemoval } from '../../shared/actions/post-removal-grants.ts';
import type { Actor } from '../../shared/domain/change.ts';
import type { NarrowTo } from '../../shared/domain/control-options.ts';
import type { Finding } from '../../shared/domain/finding.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Trusted } from '../../shared/domain/policy.ts';
import { parseCidr } from '../../shared/network/cidr.ts';
import { portsOf } from '../../shared/network/ports.ts';
import { cidrsOf } from '../../shared/network/public-space.ts';
import { decisionsFor } from '../../shared/remediation/decide/decide-group.ts';
import { type NarrowRequest, narrow } from '../../shared/workflows/narrow/offers.ts';
import { change, GUARD, group, rule } from '../remediation/cell.ts';
import { GROUP, narrowing, world } from './grants/world.ts';

const WORLD = '0.0.0.0/0';
const SSH = { ...rule('tcp', 22, WORLD), description: 'vendor', tags: { ticket: 'T-1' } };
const NOBODY: Trusted = { cidrs: [], prefixListIds: [], anyActor: false };
const ANYBODY: Trusted = { ...NOBODY, anyActor: true };

function finding(removed: Rule, more: Partial<Finding> = {}): Finding {
  return {
    control: 'world-open-admin',
    severity: 'high',
    freshness: 'fresh',
    rules: [removed],
    exposures: [{ protocol: 'tcp', ports: [{ from: 22, to: 22 }], share: 1 }],
    ...more,
  };
}

function from(sourceIp: string): Actor {
  return { type: 'IAMUser', sourceIp, tool: 'console' };
}

function asked(removed: Rule, narrowTo: NarrowTo | undefined, more: Partial<NarrowRequest> = {}) {
  return narrow({
    removed: [removed],
    because: [finding(removed)],
    change: { added: { kind: 'rules', ids: [removed.id ?? ''], contents: [] }, actor: from('12.34.56.78') },
    controls: narrowing({
      'world-open-admin': { remedy: 'narrow', existing: 'enforce', ...(narrowTo && { narrowTo }) },
    }).controls,
    trusted: ANYBODY,
    lists: new Map(),
    vpcCidrs: undefined,
    ...more,
  });
}

function sourcesOf(answer: ReturnType<typeof asked>) {
  return answer.offers.map((offer) => offer.rule.source);
}
function reasonsOf(answer: ReturnType<typeof asked>) {
  return answer.refused.map(({ reason }) => reason).join('\n');
}

describe('narrowing to the actor', () => {
  it('offers its one address, with what else the rule was', () => {
    const { id: _, ...content } = SSH;
    expect(asked(SSH, 'actor').offers).toEqual([
      { to: 'actor', from: SSH, rule: { ...content, source: { kind: 'ipv4', cidr: '12.34.56.78/32' } } },
    ]);
  });

  it('offers an IPv6 address as a /128', () => {
    const answer = asked(rule('tcp', 22, '::/0'), 'actor', {
      change: { ...asks(rule('tcp', 22, '::/0')), actor: from('2600::7') },
    });
    expect(answer.refused).toMatchObject([{ reason: /does not name it/ }]);
    const open = rule('tcp', 22, '::/0');
    expect(sourcesOf(asked(open, 'actor', { change: { ...asks(open), actor: from('2600::7') } }))).toEqual([
      { kind: 'ipv6', cidr: '2600::7/128' },
    ]);
  });

  it.each([
    ['a private address', { actor: from('10.0.0.7') }, /no public address/],
    ['carrier-grade NAT', { actor: from('100.64.0.7') }, /no public address/],
    ['a multicast address', { actor: from('224.0.0.1') }, /no public address/],
    ['a documentation address', { actor: from('198.51.100.7') }, /no public address/],
    ['a unique local address', { actor: from('fd00::1') }, /no public address/],
    ['an address of the other family', { actor: from('2600::7') }, /did not let in/],
    ['no address', { actor: { type: 'AWSService', tool: 'aws-service' as const } }, /does not tell the address/],
    ['a name', { actor: from('cloudformation.amazonaws.com') }, /does not tell the address/],
    ['nobody', { actor: undefined }, /does not tell the address/],
    [
      'an event that names another rule',
      { added: { kind: 'rules' as const, ids: ['sgr-1'], contents: [] } },
      /name it/,
    ],
    ['an event without ids', { added: { kind: 'rules' as const, ids: [], contents: [SSH] } }, /does not name it/],
    ['a new group', { added: { kind: 'everything' as const } }, /does not name it/],
  ])('offers nothing for %s', (_, more, reason) => {
    const { actor, ...rest } = { ...asks(SSH), actor: from('12.34.56.78'), ...more };
    const answer = asked(SSH, 'actor', { change: { ...rest, ...(actor && { actor }) } });
    expect([answer.offers, reasonsOf(answer)]).toEqual([[], expect.stringMatching(reason)]);
  });

  it('offers nothing for a rule that was there before, or that an earlier try left over', () => {
    const because = [finding(SSH), finding(SSH, { control: 'world-open-everything', freshness: 'existing' })];
    const controls = narrowing({
      'world-open-admin': { remedy: 'narrow', narrowTo: 'actor' },
      'world-open-everything': { remedy: 'narrow', narrowTo: 'actor', existing: 'enforce' },
    }).controls;
    expect(asked(SSH, 'actor', { because, controls })).toMatchObject({ offers: [], refused: [{ reason: /name it/ }] });
  });

  it('offers nothing outside the trusted blocks unless the policy trusts any actor', () => {
    const near = { ...NOBODY, cidrs: ['12.34.0.0/16'] };
    expect(sourcesOf(asked(SSH, 'actor', { trusted: near }))).toEqual([{ kind: 'ipv4', cidr: '12.34.56.78/32' }]);
    expect(reasonsOf(asked(SSH, 'actor', { trusted: { ...NOBODY, cidrs: ['12.35.0.0/16'] } }))).toMatch(
      /trusted\.cidrs/,
    );
  });

  it('offers nothing that the rule did not let in, and nothing outbound', () => {
    const half = rule('tcp', 22, '128.0.0.0/1');
    expect(reasonsOf(asked(half, 'actor', { change: { ...asks(half), actor: from('12.34.56.78') } }))).toMatch(
      /not let in/,
    );
    const out = rule('tcp', 22, WORLD, 'egress');
    expect(reasonsOf(asked(out, 'actor', { change: { ...asks(out), actor: from('12.34.56.78') } }))).toMatch(
      /outbound/,
    );
  });
});

/** The change that brought a rule. */
function asks(removed: Rule) {
  return { added: { kind: 'rules', ids: [removed.id ?? ''], contents: [] } } as const;
}

describe('narrowing to the trusted sources', () => {
  const trusted = { ...NOBODY, cidrs: ['12.34.0.0/16', '12.34.56.0/24', '200.0.0.0/16', '2600::/32'] };

  it('offers what the rule let in of them, no block twice', () => {
    const half = rule('tcp', 22, '0.0.0.0/1');
    expect(sourcesOf(asked(half, 'trusted', { trusted }))).toEqual([{ kind: 'ipv4', cidr: '12.34.0.0/16' }]);
  });

  it('offers the rule’s own block where a trusted one is larger', () => {
    const small = rule('tcp', 22, '12.34.56.0/28');
    expect(sourcesOf(asked(small, 'trusted', { trusted }))).toEqual([{ kind: 'ipv4', cidr: '12.34.56.0/28' }]);
  });

  it('offers a prefix list only where all of its entries are known and were let in', () => {
    const lists = new Map([
      ['pl-in', ['12.0.0.0/16', '13.0.0.0/16']],
      ['pl-out', ['12.0.0.0/16', '200.0.0.0/16']],
      ['pl-empty', []],
    ]);
    const ids = [...lists.keys(), 'pl-unknown'];
    const half = rule('tcp', 22, '0.0.0.0/1');
    const answer = asked(half, 'trusted', { trusted: { ...NOBODY, prefixListIds: ids }, lists });
    expect(sourcesOf(answer)).toEqual([{ kind: 'prefix-list', id: 'pl-in', cidrs: lists.get('pl-in') }]);
  });

  it('says so where nothing is left', () => {
    expect(asked(SSH, 'trusted', { trusted: NOBODY })).toMatchObject({ offers: [], refused: [{ rule: SSH }] });
  });
});

describe('narrowing to private networks', () => {
  const existing = (removed: Rule) => ({ because: [finding(removed, { freshness: 'existing' as const })] });

  it('offers what RFC 1918 and the VPC have in common with the rule', () => {
    const half = rule('tcp', 22, '0.0.0.0/1');
    const answer = asked(half, 'private', { ...existing(half), vpcCidrs: ['10.1.0.0/16', '100.64.0.0/16'] });
    expect(sourcesOf(answer).map((source) => 'cidr' in source && source.cidr)).toEqual(['10.0.0.0/8', '100.64.0.0/16']);
  });

  it('offers fc00::/7 and the VPC’s IPv6 block for IPv6', () => {
    const all = rule('tcp', 22, '::/0');
    const answer = asked(all, 'private', { ...existing(all), vpcCidrs: ['10.1.0.0/16', '2600:1f00::/56'] });
    expect(sourcesOf(answer).map((source) => 'cidr' in source && source.cidr)).toEqual(['fc00::/7', '2600:1f00::/56']);
  });

  it('offers nothing for what the change has just brought, or where the rule let no private network in', () => {
    expect(reasonsOf(asked(SSH, 'private'))).toMatch(/this change added it/);
    const public8 = rule('tcp', 22, '12.0.0.0/8');
    expect(reasonsOf(asked(public8, 'private', existing(public8)))).toMatch(/no private network/);
  });
});

describe('splitting', () => {
  it('offers the range without the ports that are named, to the same source', () => {
    const range = rule('tcp', [20, 30], WORLD);
    expect(
      asked(range, 'split').offers.map((offer) => [offer.rule.fromPort, offer.rule.toPort, offer.rule.source]),
    ).toEqual([
      [20, 21, range.source],
      [23, 30, range.source],
    ]);
  });

  it('offers TCP and UDP apart for all traffic', () => {
    const all = rule('-1', -1, WORLD);
    expect(
      asked(all, 'split').offers.map(({ rule: { protocol, fromPort, toPort } }) => [protocol, fromPort, toPort]),
    ).toEqual([
      ['tcp', 0, 21],
      ['tcp', 23, 65_535],
      ['udp', 0, 65_535],
    ]);
  });

  it('offers nothing where no port is named, or none is left', () => {
    expect(reasonsOf(asked(SSH, 'split'))).toMatch(/no port is left/);
    const because = [finding(SSH, { exposures: [] })];
    expect(reasonsOf(asked(SSH, 'split', { because }))).toMatch(/no port is left/);
  });
});

describe('whether something is narrowed at all', () => {
  it('is for every control to say that would close it', () => {
    const because = [finding(SSH), finding(SSH, { control: 'world-open-everything' })];
    expect(asked(SSH, 'actor', { because })).toEqual({ offers: [], refused: [] });
  });

  it('is not for controls to say that only tell people', () => {
    const because = [finding(SSH), finding(SSH, { control: 'world-open-other' })];
    expect(asked(SSH, 'actor', { because }).offers).toHaveLength(1);
  });

  it('is not asked of a rule without reasons, and refused where the policy does not say to what', () => {
    expect(asked(SSH, 'actor', { because: [] })).toEqual({ offers: [], refused: [] });
    expect(reasonsOf(asked(SSH, undefined))).toMatch(/narrowTo/);
  });

  it('offers nothing in place of a group as a source', () => {
    const peer = rule('tcp', 22, 'sg-00000000000000002');
    for (const way of ['actor', 'trusted', 'private'] as const) expect(asked(peer, way).offers).toEqual([]);
  });

  it('offers what two removed rules lead to once', () => {
    const twin = { ...SSH, id: 'sgr-2', source: { kind: 'ipv4', cidr: '0.0.0.0/1' } } as const;
    const added = { kind: 'rules', ids: [SSH.id ?? '', 'sgr-2'], contents: [] } as const;
    const because = [finding(SSH), finding(twin)];
    const answer = asked(SSH, 'actor', {
      removed: [SSH, twin],
      because,
      change: { added: added, actor: from('12.34.56.78') },
    });
    expect(answer.offers).toHaveLength(1);
  });
});

function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [parseCidr(inner), parseCidr(outer)];
  return a.family === b.family && a.first >= b.first && a.last <= b.last;
}

function letsIn(outer: Rule, inner: Rule): boolean {
  const ports = (one: Rule) => (['tcp', 'udp'] as const).map((protocol) => portsOf(one, protocol));
  const hasPorts = ports(inner).every((range, i) => {
    const own = ports(outer)[i];
    return range === undefined || (own !== undefined && own.from <= range.from && range.to <= own.to);
  });
  const hasProtocol = outer.protocol === '-1' || outer.protocol === inner.protocol;
  const hasSource = cidrsOf(inner.source).every((cidr) => cidrsOf(outer.source).some((block) => isWithin(cidr, block)));
  return outer.direction === inner.direction && hasProtocol && hasPorts && hasSource;
}

const CIDRS = [
  WORLD,
  '::/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '12.0.0.0/8',
  '12.0.0.0/9',
  '12.128.0.0/9',
  '12.34.0.0/16',
  '10.0.0.0/8',
  '2600::/16',
  '2000::/3',
  'fc00::/7',
];
const PORTS = [0, 20, 22, 25, 79, 80, 443, 1024, 3306, 3389, 6379, 8080, 65_535];

const anyCidr = fc.constantFrom(...CIDRS);
const anyRule = fc
  .tuple(
    fc.constantFrom('tcp', 'udp', '-1', 'icmp', '47'),
    fc.constantFrom(...PORTS),
    fc.constantFrom(...PORTS),
    anyCidr,
    fc.boolean(),
  )
  .map(([protocol, a, b, cidr, isOut]): Rule => {
    const isPortless = protocol !== 'tcp' && protocol !== 'udp';
    const range = isPortless ? ([-1, -1] as const) : ([Math.min(a, b), Math.max(a, b)] as const);
    return rule(protocol, range, cidr, isOut && protocol !== 'icmp' ? 'egress' : 'ingress');
  });
const anyWay = fc.constantFrom<NarrowTo>('actor', 'trusted', 'private', 'split');
const anyMode = fc.constantFrom('enforce', 'alert', 'observe');

const sample = fc.record({
  fresh: fc.array(anyRule, { minLength: 1, maxLength: 4 }),
  there: fc.array(anyRule, { maxLength: 4 }),
  trusted: fc.array(anyCidr, { maxLength: 4 }),
  anyActor: fc.boolean(),
  sourceIp: fc.constantFrom('12.34.56.78', '12.200.0.1', '2600::7', '10.0.0.7', '198.51.100.7'),
  way: anyWay,
  mode: anyMode,
  isLoud: fc.boolean(),
});

describe('whatever was removed, whoever did it, whomever the policy trusts', () => {
  it('nothing is granted that a control finds above observe, and nothing that the removed rule did not let in', async () => {
    let grants = 0;
    await fc.assert(
      fc.asyncProperty(sample, async ({ fresh, there, trusted, anyActor, sourceIp, way, mode, isLoud }) => {
        const controls = Object.keys(GUARD.controls).filter((id) => id.startsWith('world-open'));
        const settings = Object.fromEntries(
          controls.map((id) => [
            id,
            { remedy: 'narrow', narrowTo: way, existing: mode, ...(isLoud && { fresh: 'enforce' }) },
          ]),
        );
        const policy = narrowing(settings, { trusted: { cidrs: trusted, prefixListIds: [], anyActor } });
        const account = world([group([...there, ...fresh])], { policy, vpcCidrs: ['10.1.0.0/16'] });
        await account.run(change(fresh, { actor: from(sourceIp) }));
        const removed = [...there, ...fresh].filter((one) => !account.left().some(({ id }) => id === one.id));
        for (const { groupId, planId } of account.followed) await grantAfterRemoval(groupId, planId, account.grantCell);
        const granted = new Set(account.left().filter(({ id }) => id?.startsWith('sgr-9')));
        grants += granted.size;
        for (const one of granted) expect(removed.some((gone) => letsIn(gone, one))).toBe(true);
        const now = { group: group(account.left()), facts: {} };
        for (const unfinished of [[...granted], []]) {
          const occasion = { trigger: 'rules-added', added: { kind: 'unknown' }, unfinished } as const;
          const decisions = decisionsFor(now, occasion, policy, 'enforce').filter((one) => one.mode !== 'observe');
          expect(decisions.flatMap(({ rules }) => rules).filter((one) => granted.has(one))).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
    expect(grants).toBeGreaterThan(40);
  });
});

describe('the group that it happens in', () => {
  it('is the one that the rule was in', () => {
    expect(asked(SSH, 'actor').offers.map((offer) => offer.rule.groupId)).toEqual([GROUP]);
  });
});
