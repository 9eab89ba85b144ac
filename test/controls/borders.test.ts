import { describe, expect, it } from 'vitest';
import { aCase, egress, ingress, NO_FACTS } from '../../shared/controls/parts/documentation.ts';
import {
  countedInterfaces,
  holdsData,
  namedServices,
  protocolName,
  servicesOf,
} from '../../shared/controls/parts/names.ts';
import { admitsSource, coversTraffic } from '../../shared/controls/parts/tier-map.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { docs } from '../../shared/controls/tier-source.ts';
import type { Trigger } from '../../shared/domain/change.ts';
import type { Facts, Peer } from '../../shared/domain/control.ts';
import type { TierOptions, TierSource, Tiers } from '../../shared/domain/control-options.ts';
import type { Attachment, Group, InterfaceOwner, Rule } from '../../shared/domain/group.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { unionPorts } from '../../shared/network/ports.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';

const PEER = 'sg-0123456789abcdef0';
const SSH = ingress('tcp', 22, '10.0.0.0/24');

interface About {
  readonly group?: Partial<Group>;
  readonly facts?: Partial<Facts>;
  readonly trigger?: Trigger;
  readonly options?: object;
  readonly fresh?: readonly Rule[];
}

function judged(id: string, rules: readonly Rule[], about: About = {}) {
  const control = CONTROLS.find((one) => one.id === id);
  if (control === undefined) throw new Error(`there is no control ${id}`);
  const group = { id: 'sg-0c0ffee0c0ffee000', name: 'web', tags: {}, ...about.group, rules };
  const facts = { ...NO_FACTS, ...about.facts };
  const fresh = new Set(about.fresh);
  const exposure = exposureOf(rules, fresh, { ipv4: 8, ipv6: 16 });
  const subject = { group, facts, trigger: about.trigger ?? ('sweep' as const), fresh, exposure };
  return control
    .evaluate(subject, { ...control.defaults, ...about.options })
    .map((finding) => ({ ...finding, words: control.explain(finding) }));
}

function words(id: string, rules: readonly Rule[], about: About = {}) {
  return judged(id, rules, about).map((one) => one.words);
}

function interfaces(count: number, owner?: InterfaceOwner): readonly Attachment[] {
  return Array.from({ length: count }, (_, n) => ({
    interfaceId: `eni-${n}`,
    description: '',
    type: 'interface',
    ...(owner !== undefined && { owner }),
  }));
}

describe('the text of interfaces', () => {
  it.each([
    [1, '1 interface'],
    [2, '2 interfaces'],
    [999, '999 interfaces'],
    [1000, '1,000 or more interfaces'],
    [1001, '1,000 or more interfaces'],
  ])('%i are %s: a page of EC2 may not be all', (count, text) => {
    expect(countedInterfaces(interfaces(count))).toBe(text);
  });

  it('names each kind of service once, sorted', () => {
    const kinds = servicesOf([
      ...interfaces(1, 'rds'),
      ...interfaces(2, 'ec2'),
      ...interfaces(1),
      ...interfaces(1, 'rds'),
    ]);
    expect(kinds).toEqual(['ec2', 'other', 'rds']);
    expect(namedServices(kinds)).toBe('EC2 instances, other services, RDS');
    expect([holdsData(kinds), holdsData(['ec2', 'other'])]).toEqual([true, false]);
  });

  it.each([
    ['rds', 'RDS', true],
    ['elasticache', 'ElastiCache', true],
    ['redshift', 'Redshift', true],
    ['elb', 'load balancers', false],
    ['lambda', 'Lambda', false],
    ['dms', 'DMS', false],
    ['efs', 'EFS', false],
    ['vpc-endpoint', 'VPC endpoints', false],
    ['nat-gateway', 'NAT gateways', false],
    ['ecs', 'ECS', false],
    ['ec2', 'EC2 instances', false],
    ['other', 'other services', false],
  ] as const)('of %s are named %s, and keep data: %s', (owner, name, keeps) => {
    expect([namedServices([owner]), holdsData([owner])]).toEqual([name, keeps]);
  });
});

describe('the text of protocols', () => {
  it.each([
    ['2', 'IGMP (protocol 2)'],
    ['4', 'IPv4 in IP (protocol 4)'],
    ['41', 'IPv6 in IP (protocol 41)'],
    ['47', 'GRE (protocol 47)'],
    ['50', 'ESP (protocol 50)'],
    ['51', 'AH (protocol 51)'],
    ['89', 'OSPF (protocol 89)'],
    ['94', 'IPIP (protocol 94)'],
    ['103', 'PIM (protocol 103)'],
    ['112', 'VRRP (protocol 112)'],
    ['115', 'L2TP (protocol 115)'],
    ['132', 'SCTP (protocol 132)'],
    ['136', 'UDPLite (protocol 136)'],
    ['137', 'MPLS in IP (protocol 137)'],
    ['253', 'protocol 253'],
  ])('%s is %s', (protocol, name) => {
    expect(protocolName(protocol)).toBe(name);
  });
});

describe('default groups', () => {
  const group = { name: 'default' };
  it.each(['naming', 'unused-group', 'duplicate-group', 'one-group-everywhere'])('are skipped by %s', (id) => {
    const facts = { twins: [PEER], attachments: id === 'unused-group' ? [] : interfaces(60, 'ec2') };
    expect(judged(id, [SSH], { group, facts, options: id === 'naming' ? { tagKeys: ['owner'] } : {} })).toEqual([]);
  });

  it('keep their rules while they are in use', () => {
    expect(words('default-group-rules', [SSH], { group })).toEqual(['the default group of the VPC has a rule']);
    expect(words('default-group-rules', [SSH, egress('-1', 'all', '::/0')], { group })).toEqual([
      'the default group of the VPC has 2 rules',
    ]);
    expect(judged('default-group-rules', [SSH], { group })[0]).not.toHaveProperty('limit');
    expect(judged('default-group-rules', [SSH], { group, facts: { attachments: interfaces(1) } })).toMatchObject([
      {
        limit: {
          mode: 'alert',
          reason: 'the default group is in use: stripping it would cut off what it is attached to',
        },
      },
    ]);
  });

  it.each([
    ['attached', 'rds', 'fresh', 'high', '1 interface: RDS'],
    ['sweep', 'ec2', 'existing', 'medium', '1 interface: EC2 instances'],
  ] as const)('in use, as seen by %s on %s', (trigger, owner, freshness, severity, on) => {
    const about = { group, trigger, facts: { attachments: interfaces(1, owner) } };
    expect(judged('default-group-in-use', [], about)).toMatchObject([
      { freshness, severity, rules: [], exposures: [], words: `the default group of the VPC is on ${on}` },
    ]);
    expect(judged('default-group-in-use', [], { ...about, group: { name: 'web' } })).toEqual([]);
    expect(judged('default-group-in-use', [], { ...about, facts: {} })).toEqual([]);
  });
});

describe('twins', () => {
  const twins = ['sg-6', 'sg-5', 'sg-4', 'sg-3', 'sg-2', 'sg-1'];
  it('are named up to five, sorted, and the others are counted', () => {
    expect(words('duplicate-group', [SSH], { facts: { twins: twins.slice(1) } })).toEqual([
      'the same rules as sg-1, sg-2, sg-3, sg-4, sg-5',
    ]);
    expect(words('duplicate-group', [SSH], { facts: { twins } })).toEqual([
      'the same rules as sg-1, sg-2, sg-3, sg-4, sg-5, 1 more',
    ]);
  });

  it('are not reported without inbound rules', () => {
    expect(words('duplicate-group', [egress('-1', 'all', '0.0.0.0/0')], { facts: { twins } })).toEqual([]);
    expect(words('duplicate-group', [egress('-1', 'all', '0.0.0.0/0'), SSH], { facts: { twins } })).toHaveLength(1);
    expect(words('duplicate-group', [SSH])).toEqual([]);
  });
});

describe('a group made for one machine', () => {
  const named = (name: string, count = 1) =>
    words('group-per-instance', [], { group: { name }, facts: { attachments: interfaces(count, 'ec2') } });

  it.each([
    'i-01234567',
    'web-i-0123456789abcdef0',
    'sg_eni-01234567',
    'i-01234567 (old)',
    'launch-wizard-1',
    'launch-wizard-12',
    'rds-launch-wizard-3',
  ])('is one named %s', (name) => {
    expect(named(name)).toEqual([
      `the name ${name} tells of a group made for one machine, and one interface uses it: eni-0`,
    ]);
    expect(named(name, 2)).toEqual([]);
    expect(named(name, 0)).toEqual([]);
  });

  it.each([
    'i-0123456',
    'i-0123456789abcdef01',
    'i-01234567z',
    'wifi-01234567',
    'web',
    'launch-wizard-',
    'launch-wizard-1a',
    'my-launch-wizard-1',
    'launch-wizard-x1',
  ])('is not one named %s', (name) => {
    expect(named(name)).toEqual([]);
  });
});

describe('names', () => {
  it('off the scheme are reported with every fault', () => {
    const options = { names: ['shop-*', 'bank-*'], avoid: ['test'], tagKeys: ['owner', 'cost'] };
    expect(words('naming', [], { group: { name: 'test', tags: { cost: '1' } }, options })).toEqual([
      'its name test says nothing of what it is for; its name test matches none of shop-*, bank-*; the tag owner is missing',
    ]);
    expect(words('naming', [], { group: { name: ' ' } })).toEqual(['it has no name']);
    expect(words('naming', [], { group: { name: 'bank-1', tags: { owner: '', cost: '' } }, options })).toEqual([]);
  });

  it.each([
    ['group-created', 'fresh'],
    ['sweep', 'existing'],
  ] as const)('seen by %s are %s', (trigger, freshness) => {
    expect(judged('naming', [], { group: { name: 'tmp' }, trigger })).toMatchObject([{ freshness, severity: 'low' }]);
  });
});

describe('one group everywhere', () => {
  it.each<[number, readonly InterfaceOwner[], number]>([
    [50, ['ec2'], 0],
    [51, ['ec2'], 1],
    [1, ['ec2', 'rds'], 0],
    [1, ['ec2', 'rds', 'elb'], 1],
  ])('is one on %i interfaces each of %j: %i', (count, owners, findings) => {
    const attachments = owners.flatMap((owner) => interfaces(count, owner));
    expect(words('one-group-everywhere', [], { facts: { attachments } })).toHaveLength(findings);
  });
});

describe('rules that name deleted groups', () => {
  const gone = (...ids: readonly string[]) => ({
    facts: { peers: new Map<string, Peer>([...ids.map((id) => [id, 'gone'] as const), [PEER, 'foreign']]) },
  });

  it('are reported with each group once', () => {
    const [one, other] = [ingress('tcp', 22, 'sg-1'), egress('tcp', 23, 'sg-1')];
    expect(words('stale-reference', [SSH, one, ingress('tcp', 1, PEER)], gone('sg-1'))).toEqual([
      'a rule names what is gone: sg-1',
    ]);
    expect(words('stale-reference', [one, other, ingress('tcp', 1, 'sg-2')], gone('sg-1', 'sg-2'))).toEqual([
      '3 rules name what is gone: sg-1, sg-2',
    ]);
  });
});

describe('unused groups', () => {
  it('are groups that no interface and nothing else names', () => {
    const referencedBy = [{ kind: 'group', id: PEER }] as const;
    expect(judged('unused-group', [])).toHaveLength(1);
    expect(judged('unused-group', [], { facts: { attachments: interfaces(1) } })).toEqual([]);
    expect(judged('unused-group', [], { facts: { referencedBy: [...referencedBy] } })).toEqual([]);
  });
});

describe('wide sources', () => {
  it('are named up to three, and the others are counted', () => {
    const rules = [1, 2, 3, 4].map((n) => ingress('tcp', 22, `10.${n}.0.0/16`));
    const rest = ': the whole VPC, or as wide as a private /16 (IPv6: /48)';
    expect(words('wide-source', rules)).toEqual([
      `tcp 22 (SSH) is open to 10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 1 more${rest}`,
    ]);
    expect(words('wide-source', rules.slice(1))).toEqual([
      `tcp 22 (SSH) is open to 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16${rest}`,
    ]);
    expect(
      words('wide-source', [ingress('tcp', 'all', '10.0.0.0/8'), ingress('udp', 'all', '10.0.0.0/8')], {
        options: { ports: { tcp: [{ from: 22, to: 23 }], udp: [{ from: 53, to: 53 }] } },
      }),
    ).toEqual([`tcp 22-23 (SSH, Telnet), udp 53 is open to 10.0.0.0/8${rest}`]);
    expect(words('wide-source', [ingress('-1', 'all', '10.0.0.0/8')])).toEqual([
      `all traffic is open to 10.0.0.0/8${rest}`,
    ]);
  });
});

describe('the sources that a tier map allows', () => {
  const neighbours = {
    tag: 'tier',
    peers: new Map<string, Peer>([
      [PEER, { id: PEER, name: 'app', tags: { tier: 'app' } }],
      ['sg-gone', 'gone'],
      ['sg-foreign', 'foreign'],
    ]),
  };
  const admits = (from: readonly TierSource[], source: string, entries?: readonly string[]) =>
    admitsSource(from, ingress('tcp', 22, source, entries).source, neighbours);
  const world: readonly TierSource[] = [{ kind: 'world' }];
  const block: readonly TierSource[] = [
    { kind: 'id', id: 'sg-x' },
    { kind: 'cidr', cidr: '10.0.0.0/16' },
  ];

  it.each<[readonly TierSource[], string, readonly string[] | undefined, boolean]>([
    [world, '0.0.0.0/0', undefined, true],
    [world, '::/0', undefined, true],
    [world, 'pl-1', ['0.0.0.0/0'], true],
    [world, PEER, undefined, false],
    [world, 'sg-gone', undefined, false],
    [
      [
        { kind: 'id', id: 'sg-x' },
        { kind: 'id', id: 'pl-1' },
      ],
      'pl-1',
      ['0.0.0.0/0'],
      true,
    ],
    [
      [
        { kind: 'layer', name: 'web' },
        { kind: 'layer', name: 'app' },
      ],
      PEER,
      undefined,
      true,
    ],
    [block, '10.0.0.0/16', undefined, true],
    [block, '10.0.255.0/24', undefined, true],
    [block, '10.0.0.0/15', undefined, false],
    [block, '10.1.0.0/24', undefined, false],
    [block, '9.255.0.0/16', undefined, false],
    [block, '::a00:0/120', undefined, false],
    [block, 'pl-1', ['10.0.1.0/24', '10.0.2.0/24'], true],
    [block, 'pl-1', ['10.0.1.0/24', '10.1.2.0/24'], false],
    [block, 'pl-1', undefined, true],
    [[{ kind: 'id', id: 'pl-1' }], 'pl-1', ['0.0.0.0/0'], true],
    [[{ kind: 'id', id: 'pl-2' }], 'pl-1', ['0.0.0.0/0'], false],
    [[{ kind: 'id', id: 'sg-gone' }], 'sg-gone', undefined, true],
    [[{ kind: 'layer', name: 'app' }], PEER, undefined, true],
    [[{ kind: 'layer', name: 'web' }], PEER, undefined, false],
    [[{ kind: 'layer', name: 'app' }], 'sg-gone', undefined, false],
    [[{ kind: 'layer', name: 'app' }], 'sg-foreign', undefined, false],
    [[{ kind: 'layer', name: 'app' }], 'sg-unknown', undefined, false],
    [[], '10.0.0.0/32', undefined, false],
  ])('from %j: %s %j: %s', (from, source, entries, expected) => {
    expect(admits(from, source, entries)).toBe(expected);
  });

  it('do not depend on property names that every object has', () => {
    const of = { ...neighbours, tag: 'constructor' };
    expect(admitsSource([{ kind: 'layer', name: 'app' }], ingress('tcp', 1, PEER).source, of)).toBe(false);
  });

  const on = (protocol: 'tcp' | 'udp', from: number, to: number) => ({
    from: world,
    ports: { tcp: [], udp: [], [protocol]: [{ from, to }] },
  });
  it.each<[string, Parameters<typeof coversTraffic>[0], Rule, boolean]>([
    ['nothing without an admission', [], SSH, false],
    ['everything without ports', [{ from: world }], ingress('-1', 'all', '0.0.0.0/0'), true],
    ['everything by the one without ports', [on('tcp', 80, 80), { from: world }], SSH, true],
    ['a port', [on('tcp', 22, 22)], SSH, true],
    ['no other port', [on('tcp', 23, 23)], SSH, false],
    ['ports added up', [on('tcp', 20, 22), on('tcp', 23, 25)], ingress('tcp', [20, 25], '0.0.0.0/0'), true],
    ['not one port more', [on('tcp', 20, 22), on('tcp', 23, 24)], ingress('tcp', [20, 25], '0.0.0.0/0'), false],
    ['UDP for itself', [on('udp', 53, 53)], ingress('udp', 53, '0.0.0.0/0'), true],
    ['no UDP by TCP', [on('tcp', 53, 53)], ingress('udp', 53, '0.0.0.0/0'), false],
    ['ping', [on('tcp', 22, 22)], ingress('icmp', 'all', '0.0.0.0/0'), true],
    ['ping over IPv6', [on('tcp', 22, 22)], ingress('icmpv6', 'all', '::/0'), true],
    ['no ping without an admission', [], ingress('icmp', 'all', '0.0.0.0/0'), false],
    ['no protocol without ports', [on('tcp', 0, 65_535)], ingress('50', 'all', '0.0.0.0/0'), false],
    ['no traffic of all protocols', [on('tcp', 0, 65_535)], ingress('-1', 'all', '0.0.0.0/0'), false],
  ])('for %s', (_what, admissions, rule, covered) => {
    expect(coversTraffic(admissions, rule)).toBe(covered);
  });
});

describe('a layer with forbidden sources', () => {
  const tiers = {
    tag: 'tier',
    layers: { app: { from: [{ kind: 'world' }], ports: { tcp: [], udp: [] }, within: true } },
    everywhere: [],
  };
  const app = (
    rules: readonly Rule[],
    tags: Readonly<Record<string, string>> = { tier: 'app' },
    peers = new Map<string, Peer>(),
  ) => judged('tier-source', rules, { group: { tags }, facts: { peers }, options: { tiers } });

  it('names up to five sources, each once, and counts the others', () => {
    const from = (n: number) => ingress('tcp', 22, `198.51.100.${n}/32`);
    const rules = [1, 2, 3, 4, 5].map(from);
    const five = rules.map((_rule, n) => `198.51.100.${n + 1}/32`).join(', ');
    expect(app([...rules, ingress('tcp', 23, '198.51.100.1/32')])).toMatchObject([
      { severity: 'medium', words: `the layer app lets in what the tier map does not allow: ${five}` },
    ]);
    expect(app([...rules, from(6)])).toMatchObject([{ words: expect.stringContaining(`${five}, 1 more`) }]);
  });

  it('names groups by their layer', () => {
    const peers = new Map<string, Peer>([
      ['sg-1', { id: 'sg-1', name: 'a', tags: { tier: 'web' } }],
      ['sg-2', { id: 'sg-2', name: 'b', tags: {} }],
      ['sg-3', 'foreign'],
      ['sg-5', 'gone'],
    ]);
    const rules = ['sg-1', 'sg-2', 'sg-3', 'sg-4', 'sg-5', 'sg-0c0ffee0c0ffee000'].map((id) => ingress('tcp', 22, id));
    expect(app([...rules, egress('tcp', 22, '0.0.0.0/0')], { tier: 'app' }, peers).map((one) => one.words)).toEqual([
      "the layer app lets in what the tier map does not allow: sg-1 (layer web), sg-2 (of no layer), sg-3 (another account's), sg-4",
    ]);
  });

  it('is evaluated if the policy has a tier map, and needs no facts otherwise', () => {
    const control = CONTROLS.find(({ id }) => id === 'tier-source');
    expect([
      control?.runs?.({ ...control.defaults }),
      control?.runs?.({ ...control.defaults, tiers } as never),
    ]).toEqual([false, true]);
    expect(judged('tier-source', [SSH], { group: { tags: { tier: 'app' } } })).toEqual([]);
  });

  it('is documented with the tier map of the shipped policy file', () => {
    const text = [
      'version: 1',
      'tiers:',
      '  tag: tier',
      '  layers:',
      '    edge: {from: [world], ports: [80, 443]}',
      '    app: {from: [edge], ports: [8080-8081]}',
      '    database: {from: [app], within: true}',
      '    cache: {from: [app]}',
      '    bastion: {from: [10.0.0.0/8], ports: [22]}',
      '  ssh: {from: [bastion]}',
    ].join('\n');
    const { tiers: expected } = compilePolicy(text, 'portcullis.yaml', CONTROLS).controls['tier-source'] as TierOptions;
    const options: Readonly<Record<string, unknown>> = docs.cases().invalid[0]?.options ?? {};
    const written = options['tiers'] as Tiers;
    const joined = ({ layers: { app: one, ...others } = {}, ...rest }: Partial<Tiers> = {}) => ({
      ...rest,
      layers: { ...others, app: { ...one, ports: unionPorts(one?.ports === undefined ? [] : [one.ports]) } },
    });
    expect(joined(written)).toEqual(joined(expected));
  });

  it('is evaluated by its tag alone', () => {
    expect(app([SSH], {})).toEqual([]);
    expect(app([SSH], { tier: 'toString' })).toMatchObject([
      { freshness: 'existing', words: 'its tag tier names no layer of the tier map: toString' },
    ]);
  });
});

describe('openings that world-open-everything reports', () => {
  it('are not reported by world-open-other, if that option is set', () => {
    const rules = [ingress('tcp', [2000, 8000], '0.0.0.0/0'), ingress('tcp', 9999, '0.0.0.0/0')];
    expect(judged('world-open-other', rules).flatMap((one) => one.rules)).toEqual([rules[1]]);
    expect(judged('world-open-other', rules, { options: { wide: undefined } }).flatMap((one) => one.rules)).toEqual(
      rules,
    );
  });
});

describe('protocols without ports', () => {
  it('add up with rules for all traffic, and their own rules are removed first', () => {
    const half = ingress('-1', 'all', '0.0.0.0/1');
    const esp = ingress('50', 'all', '128.0.0.0/1');
    const small = ingress('-1', 'all', '12.0.0.0/9');
    const rest = ingress('50', 'all', '12.128.0.0/9');
    expect(judged('world-open-protocol', [half, esp]).flatMap((one) => one.rules)).toEqual([esp]);
    expect(judged('world-open-protocol', [small, rest]).flatMap((one) => one.rules)).toEqual([rest]);
    expect(judged('world-open-protocol', [small, rest], { fresh: [rest] })).toMatchObject([
      { freshness: 'fresh', exposures: [], words: expect.stringContaining('ESP (protocol 50) is open to 0.') },
    ]);
    expect(judged('world-open-protocol', [egress('50', 'all', '0.0.0.0/0')])).toEqual([]);
  });

  it('are reported one by one, sorted, without the protocols that the policy allows', () => {
    const rules = ['51', '47', '50', 'icmp', 'icmpv6'].map((protocol) => ingress(protocol, 'all', '0.0.0.0/0'));
    expect(words('world-open-protocol', rules, { options: { allowed: ['50'] } })).toEqual([
      'GRE (protocol 47) is open to 100 % of the internet',
      'AH (protocol 51) is open to 100 % of the internet',
    ]);
  });
});

describe('outbound exposure', () => {
  it('is reported with ports and share of each protocol', () => {
    expect(words('world-open-egress', [egress('tcp', 'all', '0.0.0.0/0'), egress('udp', 'all', '0.0.0.0/0')])).toEqual([
      'tcp 0-65535 may go out to 100 % of the internet; udp 0-65535 may go out to 100 % of the internet',
    ]);
    expect(words('world-open-egress', [egress('-1', 'all', '0.0.0.0/0')])).toEqual([
      'all traffic may go out to 100 % of the internet',
    ]);
  });
});

describe('a documented case', () => {
  it('has a title, rules and the given facts', () => {
    expect(aCase('a case', [SSH], { group: { name: 'x' } })).toEqual({
      title: 'a case',
      rules: [SSH],
      group: { name: 'x' },
    });
    expect(aCase('a case', [])).toEqual({ title: 'a case', rules: [] });
    expect(NO_FACTS).toMatchObject({
      attachments: [],
      referencedBy: [],
      vpcCidrs: [],
      twins: [],
      reachability: 'unattached',
    });
  });

  it.each([
    [ingress('tcp', 22, '10.0.0.0/8'), 'ingress', 22, 22, { kind: 'ipv4', cidr: '10.0.0.0/8' }],
    [egress('udp', [1, 2], '::/0'), 'egress', 1, 2, { kind: 'ipv6', cidr: '::/0' }],
    [ingress('-1', 'all', PEER), 'ingress', -1, -1, { kind: 'group', groupId: PEER }],
    [
      ingress('tcp', 1, 'pl-1', ['10.0.0.0/8']),
      'ingress',
      1,
      1,
      { kind: 'prefix-list', id: 'pl-1', cidrs: ['10.0.0.0/8'] },
    ],
    [ingress('tcp', 1, 'pl-1'), 'ingress', 1, 1, { kind: 'prefix-list', id: 'pl-1' }],
  ])('writes rules down shortly: %#', (rule, direction, fromPort, toPort, source) => {
    expect(rule).toEqual({
      groupId: 'sg-0c0ffee0c0ffee000',
      direction,
      protocol: rule.protocol,
      fromPort,
      toPort,
      source,
    });
  });
});
