import { describe, expect, it } from 'vitest';
import { newsFor } from '../../shared/alerts/news.ts';
import type { Exemption } from '../../shared/model/exemption.ts';
import type { Entry } from '../../shared/model/ledger.ts';
import type { News } from '../../shared/model/news.ts';
import { remediationId } from '../../shared/model/remediation-id.ts';
import { cell, change, group, rule } from '../pipeline/cell.ts';

const AT = Date.parse('2026-01-02T03:04:05Z');
const DAY = 86_400_000;
const SSH = { ...rule('tcp', 22, '0.0.0.0/0'), description: 'vendor' };
const BOB = {
  by: { name: 'bob@example.com', through: 'command-line' },
  reason: 'the vendor needs it',
  at: AT,
} as const;

const recorded = async (): Promise<Entry> => {
  const { run, ledger } = cell([group([SSH])]);
  await run(change([SSH]));
  const [entry] = await ledger.newest(1);
  if (entry === undefined) throw new Error('nothing is recorded');
  return entry;
};

const exemption: Exemption = {
  ...BOB,
  id: 'e'.repeat(26),
  scope: {
    groupId: 'sg-00000000000000001',
    content: 'ingress tcp 22 22 0.0.0.0/0',
    ports: { tcp: [{ from: 22, to: 22 }], udp: [{ from: 5900, to: 5906 }] },
    control: 'world-open-admin',
  },
  owner: 'web-team',
  ticket: 'T-9',
  until: AT + 30 * DAY,
  place: { account: '111122223333', region: 'eu-west-1' },
};

const textOf = (news: News): string => newsFor(news).text;

describe('news of a grant', () => {
  it('says what was granted, where, by whom, why, and until when it is exempt', async () => {
    const entry = await recorded();
    const leave = { owner: 'web-team', until: AT + 30 * DAY };
    const followUp = { ...BOB, kind: 'restore', granted: [{ ...SSH, id: 'sgr-9' }], refused: [], leave } as const;
    const alert = newsFor({ id: 'x restore 1', what: 'granted', entry, followUp });
    expect(alert).toEqual({
      subject: 'Restored: web (sg-00000000000000001)',
      text: `Restored: web (sg-00000000000000001)

Where: account 111122223333, eu-west-1, vpc-00000000000000001
Remediation: ${remediationId(entry.plan)}
By: bob@example.com, 2026-01-02T03:04:05.000Z: the vendor needs it
Granted:
  sgr-9 ingress tcp 22 from 0.0.0.0/0 "vendor"
Exempt until 2026-02-01T03:04:05.000Z; web-team answers for it.
`,
      attributes: {
        severity: 'low',
        control: 'world-open-admin',
        account: '111122223333',
        region: 'eu-west-1',
        outcome: 'granted',
      },
      dedupId: 'x restore 1',
    });
  });

  it.each([
    ['put-back', 'Put back', 'Not put back'],
    ['narrow', 'Granted something narrower', 'Nothing narrower granted'],
    ['revert', 'Reverted', 'Not reverted'],
  ] as const)('tells a %s from one that was refused, with the reason', async (kind, granted, not) => {
    const entry = await recorded();
    const refused = [{ rule: SSH, reason: 'a control forbids it' }];
    const all = { ...BOB, kind, granted: [SSH], refused: [] };
    expect(newsFor({ id: '1', what: 'granted', entry, followUp: all }).subject).toMatch(`${granted}: web`);
    const none = newsFor({ id: '1', what: 'granted', entry, followUp: { ...BOB, kind, granted: [], refused } });
    expect(none.subject).toMatch(`${not}: web`);
    expect(none.text).toContain(
      `Not granted:\n  ${SSH.id} ingress tcp 22 from 0.0.0.0/0 "vendor": a control forbids it\n`,
    );
  });

  it('stays below what a topic takes for a thousand rules, and on one line for each', async () => {
    const entry = await recorded();
    const refused = Array.from({ length: 1000 }, () => ({ rule: SSH, reason: 'x\n'.repeat(99) }));
    const text = textOf({
      id: '1',
      what: 'granted',
      entry,
      followUp: { ...BOB, kind: 'narrow', granted: [], refused },
    });
    expect(text).toContain('  … and 950 more\n');
    expect([text.split('\n').length, text.length < 256_000]).toEqual([58, true]);
  });
});

describe('news of an answer', () => {
  it('says what becomes of it', async () => {
    const entry = await recorded();
    const released = newsFor({ id: '1', what: 'answered', entry, answer: { ...BOB, verdict: 'released' } });
    expect(released.subject).toBe('Released: web (sg-00000000000000001)');
    expect(released.text).toContain('decided anew.');
    const declined = newsFor({ id: '1', what: 'answered', entry, answer: { ...BOB, verdict: 'declined' } });
    expect(declined.subject).toBe('Declined: web (sg-00000000000000001)');
    expect(declined.text).toContain('Its rules stay open.');
    const { plan } = entry;
    const migrating = { ...entry, plan: { ...plan, decision: { ...plan.decision, remedy: 'migrate' as const } } };
    expect(textOf({ id: '1', what: 'answered', entry: migrating, answer: { ...BOB, verdict: 'released' } })).toContain(
      'The migration begins.',
    );
  });
});

describe('news of a migration', () => {
  it.each([
    ['migrated', /^Migrated: web/, 'Steps:\n  attach eni-1\n'],
    ['migration-stopped', /^Migration stopped: web/, 'Why:\n  attach eni-1\n'],
    ['rolled-back', /^Rolled back: web/, 'Steps:\n  attach eni-1\n'],
  ] as const)('(%s) lists the steps or the reasons', async (what, subject, lines) => {
    const alert = newsFor({ id: '1', what, entry: await recorded(), because: ['attach eni-1'] });
    expect(alert.subject).toMatch(subject);
    expect(alert.text).toContain(lines);
    expect(alert.attributes.severity).toBe(what === 'migration-stopped' ? 'medium' : 'low');
  });
});

describe('news of an exemption', () => {
  it('says what it is about, who answers for it and until when', () => {
    const alert = newsFor({ id: '1', what: 'exempted', exemption });
    expect(alert.subject.startsWith('Exempted: group sg-00000000000000001, the rule ingress tcp 22 22')).toBe(true);
    expect(alert.subject.length).toBeLessThan(100);
    expect(alert.text.split('\n').slice(2)).toEqual([
      'Where: account 111122223333, eu-west-1',
      'About: group sg-00000000000000001, the rule ingress tcp 22 22 0.0.0.0/0, ports tcp 22, udp 5900-5906, control world-open-admin',
      'Asked by: bob@example.com, 2026-01-02T03:04:05.000Z: the vendor needs it',
      'Owner: web-team, ticket T-9',
      'Until: 2026-02-01T03:04:05.000Z',
      '',
    ]);
    expect(alert.attributes).toMatchObject({ control: 'world-open-admin', region: 'eu-west-1' });
  });

  it('says that it runs out, and how to let it run on', () => {
    const alert = newsFor({ id: '1', what: 'expiring', exemption });
    expect(alert.subject).toMatch(/^Exemption runs out within a day/);
    expect(alert.text).toContain(`  portcullis exempt renew ${exemption.id} --days DAYS --reason …\n`);
    expect(alert.attributes.severity).toBe('medium');
  });

  it('says who renewed and who ended it, and that it has run out', () => {
    const carol = {
      by: { name: 'carol', arn: 'arn:aws:iam::111122223333:user/carol', through: 'button' },
      reason: 'done',
      at: AT,
    } as const;
    const renewed = { ...exemption, renewed: [BOB], ended: carol };
    const text = textOf({ id: '1', what: 'exemption-ended', exemption: renewed });
    expect(text).toContain('Renewed by: bob@example.com');
    expect(text).toContain('Ended by: carol (arn:aws:iam::111122223333:user/carol), 2026-01-02T03:04:05.000Z: done\n');
    expect(textOf({ id: '1', what: 'expired', exemption })).toContain('judged like everything else from now on.');
  });

  it('of the policy file names its glob, and is nowhere', () => {
    const { place: _, ticket: __, ...written } = exemption;
    const alert = newsFor({ id: '1', what: 'expired', exemption: { ...written, scope: { groupName: 'web-*' } } });
    expect(alert.subject).toBe('Exemption has run out: groups named web-*');
    expect(alert.attributes).toMatchObject({ account: '', region: '', control: '' });
    expect(alert.text).toContain('Owner: web-team\n');
  });

  it('by tags that do not count says why', () => {
    const asked = { ...BOB, by: { name: 'mallory', through: 'tag' } } as const;
    const because = 'the policy does not let mallory exempt\u2028anything';
    const alert = newsFor({ id: '1', what: 'exemption-ignored', groupId: 'sg-1', others: 2, because, asked });
    expect(alert.subject).toBe('Exemption tags ignored: sg-1');
    expect(alert.text).toContain('Why it does not count: the policy does not let mallory exempt anything\n');
  });
});

describe('news of the budget', () => {
  it.each([
    [1, '1 held plan goes on'],
    [3, '3 held plans go on'],
  ])('counts what goes on (%s)', (released, words) => {
    const alert = newsFor({ id: '1', what: 'budget-resumed', asked: BOB, released });
    expect(alert.subject).toBe(`Budget resumed: ${words}`);
    expect(alert.text).toContain('By: bob@example.com, 2026-01-02T03:04:05.000Z: the vendor needs it\n');
  });
});
