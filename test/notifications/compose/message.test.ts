import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import type { Outcome } from '../../../shared/domain/decision.ts';
import { RuleKeepsChanging } from '../../../shared/domain/errors.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { emailText } from '../../../shared/notifications/channels/email.ts';
import { outcomeMessage } from '../../../shared/notifications/compose/message.ts';
import { AT, messages, OUTCOMES, PLACE, plan, ruleAt } from './samples.ts';

function closed(more: Partial<Outcome>, place = PLACE): Message {
  return outcomeMessage({ ...OUTCOMES.closed, ...more }, place);
}

function withChange(change: Partial<Change>, place = PLACE): Message {
  return closed({ plan: plan({}, change) }, place);
}

function factOf({ facts }: Message, label: string): string | undefined {
  return facts.find((fact) => fact.label === label)?.text;
}

describe('the headline', () => {
  const about = (...rules: readonly ReturnType<typeof ruleAt>[]) =>
    closed({ plan: plan({ rules, findings: [] }), removed: rules }).headline;

  it.each([
    ['a port with a name', [ruleAt(1, 3389, '0.0.0.0/0')], 'tcp/3389 (RDP) from the world'],
    ['a port without one', [ruleAt(1, 4711, '::/0')], 'tcp/4711 from the world'],
    ['one source', [ruleAt(1, 22, '198.51.100.0/24')], 'tcp/22 (SSH) from 198.51.100.0/24'],
    [
      'several sources and ports',
      [21, 22, 23, 24, 25].map((port) => ruleAt(port, port, `198.51.100.${port}/32`)),
      'tcp/21, tcp/22 (SSH), tcp/23 (Telnet) and 2 more from 5 sources',
    ],
    ['a range', [{ ...ruleAt(1, 5900, '0.0.0.0/0'), toPort: 5906 }], 'tcp/5900-5906 (VNC) from the world'],
    ['every port', [{ ...ruleAt(1, -1, '0.0.0.0/0'), protocol: 'udp' }], 'udp, all ports from the world'],
    ['everything', [{ ...ruleAt(1, -1, '0.0.0.0/0'), protocol: '-1' }], 'all traffic from the world'],
    ['a protocol by number', [{ ...ruleAt(1, -1, '0.0.0.0/0'), protocol: '47' }], 'protocol 47 from the world'],
    ['ICMP', [{ ...ruleAt(1, -1, '0.0.0.0/0'), protocol: 'icmp' }], 'icmp from the world'],
    [
      'what goes out',
      [{ ...ruleAt(1, 443, '0.0.0.0/0'), direction: 'egress' as const }],
      'tcp/443 (HTTPS) to the world',
    ],
  ] as const)('names %s', (_what, rules, words) => {
    expect(about(...rules)).toBe(`Closed ${words} on sg-0123456789abcdef0 web`);
  });

  it('names only the rules that Portcullis removed', () => {
    const [ssh, other] = [ruleAt(1, 22, '0.0.0.0/0'), ruleAt(2, 3389, '0.0.0.0/0')];
    const message = closed({ plan: plan({ rules: [ssh, other] }), removed: [ssh], alreadyGone: [other] });
    expect(message.headline).toBe('Closed tcp/22 (SSH) from the world on sg-0123456789abcdef0 web');
    expect(message.listings.map(({ title }) => title)).toEqual(['Removed', 'Gone before, by somebody else']);
  });

  it('keeps the group’s id, however long its name', () => {
    const { group } = plan().decision;
    const { headline } = closed({ plan: plan({ group: { ...group, name: 'x'.repeat(255) } }) });
    expect(headline).toMatch(/on sg-0123456789abcdef0 x{59}…$/);
  });

  it('lists open rules before others', () => {
    expect(closed({ ...OUTCOMES.failed, reopenLoop: OUTCOMES.fight.reopenLoop }).kind).toBe('failed');
  });

  it('lists rules separately that somebody changed before their removal', () => {
    const [ssh, other] = plan().decision.rules;
    if (ssh === undefined || other === undefined) throw new Error('the sample has two rules');
    const partly = { removed: [ssh], changed: [other] };
    expect(closed(partly).listings.map(({ lines }) => lines.length)).toEqual([1, 1]);
    expect(closed({ ...OUTCOMES.failed, ...partly }).listings.map(({ lines }) => lines.length)).toEqual([1, 1]);
  });

  it('says of a rule that kept changing that it is tried again, not that EC2 refused', () => {
    const { plan: failed } = OUTCOMES.failed;
    const fault = new RuleKeepsChanging(failed.decision.group.id, failed.decision.rules, 6);
    const [remark] = closed({ ...OUTCOMES.failed, fault }).remarks;
    expect(remark).toContain(fault.message);
    expect(remark).not.toContain('EC2 refused');
  });
});

describe('who made the change', () => {
  it('is the person, the role of the session, the tool and the address', () => {
    expect(factOf(messages().closed, 'Who')).toBe(
      'alice@example.com, in a session of the role AWSReservedSSO_Developer_0123456789abcdef',
    );
    expect(factOf(messages().closed, 'With')).toBe('console, from 198.51.100.20');
  });

  it('has only what the event says', () => {
    const user = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ann', name: 'ann', tool: 'cli' } as const;
    expect(factOf(withChange({ actor: user }), 'Who')).toBe('ann (arn:aws:iam::111122223333:user/ann)');
    expect(factOf(withChange({ actor: { type: 'unknown', tool: 'unknown' } }), 'Who')).toBe('unknown');
    const service = { ...user, tool: 'cloudformation', invokedBy: 'cloudformation.amazonaws.com' } as const;
    expect(factOf(withChange({ actor: service }), 'With')).toBe('cloudformation, through cloudformation.amazonaws.com');
  });

  it('is nobody’s where a look finds a new rule whose own event has not come: no one is named, and no duration', () => {
    const { plan: closing, ...rest } = OUTCOMES.closed;
    const { actor: _, ...change } = closing.change;
    const looked = { ...closing, change: { ...change, call: 'Sweep', trigger: 'sweep' as const } };
    const message = outcomeMessage({ ...rest, plan: looked }, PLACE);
    expect(factOf(message, 'Noticed at')).toMatch(
      /^Sweep, .* \(the rule is new; the event of the call that added it has not come\)$/,
    );
    expect([factOf(message, 'Open for'), factOf(message, 'Who'), factOf(message, 'Change')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is not blamed for what was there before, and of a new group perhaps somebody else', () => {
    const { held } = messages();
    expect([factOf(held, 'Who'), factOf(held, 'Noticed at')]).toEqual([
      undefined,
      'Sweep, 2026-01-02T03:04:05.000Z (which did not open it)',
    ]);
    expect(factOf(withChange({ trigger: 'group-created', call: 'CreateSecurityGroup' }), 'Change')).toBe(
      'CreateSecurityGroup, 2026-01-02T03:04:05.000Z (or a later call to the new group)',
    );
  });

  it('is told apart from who released it, on one line whatever they wrote', () => {
    const released = { by: { name: 'bob\u202e', through: 'command-line' }, reason: 'looked\nat it', at: AT } as const;
    const message = closed({ plan: { ...plan(), approved: released } });
    expect(factOf(message, 'Released by')).toBe('bob , 2026-01-02T03:04:05.000Z: looked at it');
  });
});

describe('how long it was open', () => {
  it.each([
    [4200, '4.2 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [1_047_600_000, '12 d 3 h'],
    [-5, '0.0 s'],
  ])('(%s ms) is said as people say it', (ms, words) => {
    expect(factOf(closed({ at: AT + ms }), 'Open for')).toBe(
      `${words} (new connections; tracked ones live on until they end)`,
    );
  });

  it('is absent if it is unknown', () => {
    expect(factOf(messages().held, 'Open for')).toBe('longer than the events tell: it was there before');
    expect(factOf(messages().failed, 'Open for')).toBe('since 2026-01-02T03:04:05.000Z, still open');
  });
});

describe('what the group is attached to', () => {
  it('is absent where nobody has looked, and said where it is nothing', () => {
    const { attached: _, ...decision } = plan().decision;
    expect(factOf(closed({ plan: { ...plan(), decision } }), 'Attached to')).toBeUndefined();
    const nothing = { interfaces: 0, kinds: [], ids: [], hasPublicAddress: false };
    expect(factOf(closed({ plan: plan({ attached: nothing }) }), 'Attached to')).toBe('nothing');
    const one = { interfaces: 1, kinds: [{ kind: 'rds', count: 1 }], ids: ['eni-1'], hasPublicAddress: false } as const;
    expect(factOf(closed({ plan: plan({ attached: one }) }), 'Attached to')).toBe(
      '1 interface (1 RDS), without a public address: eni-1',
    );
  });
});

describe('the links', () => {
  const urlOf = ({ links }: Message, label: string) => links.find((link) => link.label === label)?.url;

  it.each([
    ['aws', 'eu-west-1', 'https://console.aws.amazon.com/ec2/home?region=eu-west-1#'],
    ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1#'],
    ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/ec2/home?region=cn-north-1#'],
    ['aws-eusc', 'eusc-de-east-1', 'https://console.amazonaws-eusc.eu/ec2/home?region=eusc-de-east-1#'],
  ])('lead to the console of the partition %s', (partition, region, start) => {
    const message = withChange({ region }, { ...PLACE, partition });
    expect(urlOf(message, 'Security group')).toBe(`${start}SecurityGroup:groupId=sg-0123456789abcdef0`);
  });

  it('lead nowhere in a partition whose console AWS does not publish', () => {
    expect(withChange({ region: 'us-iso-east-1' }, { ...PLACE, partition: 'aws-iso' }).links).toEqual([]);
  });

  it('contain only valid ids', () => {
    const evil = 'x" onclick=y https://evil.example.com';
    const { group } = plan().decision;
    const tags = { 'aws:cloudformation:stack-id': evil };
    const message = closed({ plan: plan({ group: { ...group, tags } }, { id: evil }) });
    expect(message.links.map(({ label }) => label)).toEqual(['Security group', 'Timeline in AWS Config']);
    expect(withChange({ region: evil }).links).toEqual([]);
  });
});

describe('the next steps', () => {
  it('are none if somebody else removed the rules', () => {
    const message = closed({ removed: [], alreadyGone: OUTCOMES.closed.removed });
    expect([message.ways, message.actions]).toEqual([[], ['exempt']]);
  });

  it('is under another id while it may still end otherwise', () => {
    expect(new Set([messages().closed.id, messages().held.id, messages().failed.id]).size).toBe(3);
    expect(messages().pending.id).toBe(messages().closed.id);
  });

  it('is under another id when the next change brings back what could not be closed, and under the same when it is tried again', () => {
    const failedAt = (id: string) => outcomeMessage({ ...OUTCOMES.failed, plan: plan({}, { id }) }, PLACE).id;
    expect(failedAt('event-1')).not.toBe(failedAt('event-2'));
    expect(failedAt('event-1')).toBe(failedAt('event-1'));
  });

  it('is under the same id where only a sweep has found it again', () => {
    const because = plan().decision.findings.map((one) => ({ ...one, freshness: 'existing' as const }));
    const failedAt = (id: string) =>
      outcomeMessage({ ...OUTCOMES.failed, plan: plan({ findings: because }, { id }) }, PLACE).id;
    expect(failedAt('sweep-1')).toBe(failedAt('sweep-2'));
  });
});

describe('a reopen loop', () => {
  const fight = OUTCOMES.fight.reopenLoop;

  it('names at most five actors, and nobody if the events name nobody', () => {
    const many = Array.from({ length: 7 }, (_, i) => ({ type: 'IAMUser', name: `user-${i}`, tool: 'cli' }) as const);
    expect(emailText(closed({ reopenLoop: { ...fight, actors: many } }))).toMatch(/user-4 \(cli\); and 2 more/);
    expect(emailText(closed({ reopenLoop: { ...fight, actors: [] } }))).toContain('by nobody that the events name;');
  });
});

describe('the reasons', () => {
  it('are without repetition, and at most twenty', () => {
    const [reason] = plan().decision.findings;
    if (reason === undefined) throw new Error('the sample has no reason');
    expect(closed({ plan: plan({ findings: [reason, reason] }) }).reasons).toHaveLength(1);
    const many = Array.from({ length: 50 }, (_, i) => ({
      ...reason,
      exposures: [{ protocol: 'tcp', ports: [{ from: i, to: i }], share: 1 }] as const,
    }));
    expect(closed({ plan: plan({ findings: many }) }).reasons).toHaveLength(20);
  });
});

describe('the owner of the group', () => {
  it('is the first of the policy’s tags that is set', () => {
    const { group } = plan().decision;
    const ownerOf = (tags: Record<string, string>) => closed({ plan: plan({ group: { ...group, tags } }) }).owner;
    expect(ownerOf({ team: 'b', owner: 'a' })).toBe('a');
    expect(ownerOf({ team: 'b', owner: '' })).toBe('b');
    expect(ownerOf({})).toBeUndefined();
  });
});

describe('a limit', () => {
  it('is in the remarks', () => {
    expect(messages().open.remarks).toContain('Held back: the runtime switch is at alert.');
  });
});

it('has every tag that people have set, by which it may be routed, however many AWS has added', () => {
  const ours = Object.fromEntries(Array.from({ length: 49 }, (_, n) => [`tag-${n}`, 'x']));
  const awss = Object.fromEntries(
    ['stack-name', 'stack-id', 'logical-id'].map((key) => [`aws:cloudformation:${key}`, 'x']),
  );
  const tags = { ...awss, ...ours, stage: 'production' };
  const group = { ...plan().decision.group, tags };
  expect(closed({ plan: plan({ group }) }).group?.tags).toEqual({ ...ours, stage: 'production' });
});
