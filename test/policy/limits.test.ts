import { describe, expect, it } from 'vitest';
import { compile, problems } from './sections.ts';

describe('approval, budget and reopen loops', () => {
  it('are compiled with every setting', () => {
    expect(
      compile(
        'approval: {within: 12h, otherwise: release}',
        'budget: {removalsPerHour: 5, sweepShare: 2.5%}',
        'fightFrom: 4',
      ),
    ).toMatchObject({
      approval: { withinMs: 12 * 3_600_000, otherwise: 'release' },
      budget: { removalsPerHour: 5, sweepShare: 0.025 },
      reopenLoopFrom: 4,
    });
  });

  it('keep the defaults of missing settings', () => {
    expect(compile('approval: {within: 2d}', 'budget: {removalsPerHour: 5}')).toMatchObject({
      approval: { withinMs: 2 * 86_400_000, otherwise: 'decline' },
      budget: { removalsPerHour: 5, sweepShare: 0.1 },
    });
  });

  it.each([
    ['approval: {within: 3 days}', 'approval.within: expected a time from 15m to 30d, such as 72h, not "3 days"'],
    ['approval: {within: 10m}', 'approval.within: expected a time from 15m to 30d, such as 72h, not "10m"'],
    ['approval: {within: 31d}', 'approval.within: expected a time from 15m to 30d, such as 72h, not "31d"'],
    [
      'approval: {otherwise: relese}',
      'approval.otherwise: expected decline or release, not "relese" (did you mean release?)',
    ],
    ['budget: {removalsPerHour: 0}', 'budget.removalsPerHour: expected a whole number from 1 to 10000, not 0'],
    ['budget: {sweepShare: 0.1}', 'budget.sweepShare: expected a share such as 10%, above 0% and up to 100%, not 0.1'],
    [
      'budget: {sweepShare: 101%}',
      'budget.sweepShare: expected a share such as 10%, above 0% and up to 100%, not "101%"',
    ],
    ['budget: {sweepShare: 0%}', 'budget.sweepShare: expected a share such as 10%, above 0% and up to 100%, not "0%"'],
    ['fightFrom: 1', 'fightFrom: expected a whole number from 2 to 100, not 1'],
  ])('refuse an invalid setting: %s', (line, problem) => {
    expect(problems(line)).toEqual([`2: ${problem}`]);
  });
});

describe('freezes', () => {
  it('are periods of days, or weekly', () => {
    expect(
      compile(
        'freezes:',
        '  - {from: 2026-12-20, until: 2027-01-02, reason: holidays}',
        '  - {days: [sat, fri], from: 18:00, until: 06:00, reason: nobody is on call}',
        '  - {days: [sun], from: 00:00, until: 24:00, reason: sunday}',
      ).freezes,
    ).toEqual([
      {
        kind: 'dates',
        from: Date.parse('2026-12-20T00:00:00Z'),
        until: Date.parse('2027-01-03T00:00:00Z'),
        reason: 'holidays',
      },
      { kind: 'weekly', days: [5, 6], fromMinute: 1080, untilMinute: 360, reason: 'nobody is on call' },
      { kind: 'weekly', days: [0], fromMinute: 0, untilMinute: 1440, reason: 'sunday' },
    ]);
  });

  it.each([
    ['{from: 2026-12-20, until: 2026-12-19, reason: r}', '.until: 2026-12-19 is before 2026-12-20'],
    [
      '{from: 18:00, until: 2026-12-19, reason: r}',
      '.from: expected a day such as 2026-12-31 (or a minute, 2026-12-31T18:00Z), not "18:00"',
    ],
    [
      '{days: [fri], from: 25:00, until: 06:00, reason: r}',
      '.from: expected a time of day (UTC) such as 18:00, not "25:00"',
    ],
    [
      '{days: [fryday], from: 18:00, until: 06:00, reason: r}',
      '.days.0: expected a day (sun, mon, tue, wed, thu, fri, sat), not "fryday"',
    ],
    ['{days: [], from: 18:00, until: 06:00, reason: r}', '.days: expected at least one day, not a list'],
    ['{from: 2026-12-20, until: 2026-12-21}', '.reason: missing, expected a reason in words'],
  ])('refuse an invalid setting: %s', (freeze, problem) => {
    expect(problems('freezes:', `  - ${freeze}`)).toEqual([`3: freezes.0${problem}`]);
  });
});

describe('modes by tag', () => {
  it('have tags and a mode', () => {
    expect(compile('modes: [{tag: {env: dev-*, team: x}, mode: alert}]').tagCeilings).toEqual([
      { tags: { env: 'dev-*', team: 'x' }, mode: 'alert' },
    ]);
  });

  it.each([
    ['{tag: {}, mode: alert}', '.tag: expected at least one tag, not a map'],
    [
      '{tag: {env: dev}, mode: alrt}',
      '.mode: expected a mode (off, observe, alert, approve, enforce), not "alrt" (did you mean alert?)',
    ],
    ['{tag: {env: 7}, mode: alert}', '.tag.env: expected a value, with * for anything, not 7'],
    ['{tags: {env: dev}, tag: {env: dev}, mode: alert}', '.tags is not a setting (did you mean tag?)'],
  ])('refuse an invalid setting: %s', (one, problem) => {
    expect(problems('modes:', `  - ${one}`)).toEqual([`3: modes.0${problem}`]);
  });
});

/** A number of /8 blocks of public IPv4 space. */
function eighths(count: number) {
  return Array.from({ length: count }, (_, i) => `${i + 20}.0.0.0/8`).join(', ');
}

describe('the section trusted', () => {
  it('has blocks, prefix lists and anyActor', () => {
    expect(
      compile(
        'trusted: {cidrs: [203.0.113.0/24, "2001:db8::/48"], prefixLists: [pl-0123456789abcdef0], anyActor: true}',
      ).trusted,
    ).toEqual({
      cidrs: ['203.0.113.0/24', '2001:db8::/48'],
      prefixListIds: ['pl-0123456789abcdef0'],
      anyActor: true,
    });
  });

  it.each([
    ['cidrs: [0.0.0.0/0]', '.cidrs.0: 0.0.0.0/0 is the world: list only your own blocks'],
    ['cidrs: ["::/0"]', '.cidrs.0: ::/0 is the world: list only your own blocks'],
    [
      'cidrs: [203.0.113.0/24, 52.0.0.0/7]',
      '.cidrs.1: 52.0.0.0/7 is larger than a /8, the largest block that is assigned: list only your own blocks',
    ],
    [
      'cidrs: ["2600::/11"]',
      '.cidrs.0: 2600::/11 is larger than a /12, the largest block that is assigned: list only your own blocks',
    ],
    [
      `cidrs: [${eighths(56)}]`,
      '.cidrs: the blocks together are more than a quarter of the public IPv4 space: list only your own blocks',
    ],
    [
      'cidrs: ["2600::/12", "2610::/32"]',
      '.cidrs: the blocks together are more than an IPv6 /12: list only your own blocks',
    ],
    [
      'cidrs: [10.1.0.0/16]',
      '.cidrs.0: 10.1.0.0/16 contains private addresses, which are not on the internet: remove them',
    ],
    [
      'cidrs: [100.0.0.0/9]',
      '.cidrs.0: 100.0.0.0/9 contains private addresses, which are not on the internet: remove them',
    ],
    ['cidrs: [198.51.100.0/24, 198.51.100.128/25]', '.cidrs.1: 198.51.100.128/25 overlaps 198.51.100.0/24'],
    ['cidrs: [198.51.100.7/24]', '.cidrs.0: 198.51.100.7/24 is 198.51.100.0/24: write it in this form'],
    ['cidrs: [the office]', '.cidrs.0: expected a CIDR block such as 203.0.113.0/24, not "the office"'],
    ['prefixLists: [office]', '.prefixLists.0: expected a prefix list id such as pl-0123456789abcdef0, not "office"'],
    ['anyActor: maybe', '.anyActor: expected true or false, not "maybe"'],
  ])('refuses an invalid block: %s', (line, problem) => {
    expect(problems('trusted:', `  ${line}`)).toEqual([`3: trusted${problem}`]);
  });

  it.each([
    ['a /8, the smallest block that is the world otherwise', '[17.0.0.0/8, "2600::/16"]'],
    ['two of them', '[17.0.0.0/8, 19.0.0.0/8]'],
    ['a little less than a quarter of the public IPv4 space', `[${eighths(55)}]`],
    ['an IPv6 /12', '["2600::/12"]'],
  ])('accepts %s', (_title, cidrs) => {
    expect(() => compile(`trusted: {cidrs: ${cidrs}}`)).not.toThrow();
    expect(() => compile('world: {ipv4: 16}', `trusted: {cidrs: ${cidrs}}`)).not.toThrow();
  });

  it('may be a source of a tier even if it is larger than the threshold of the world', () => {
    const tiers = 'tiers: {tag: tier, layers: {app: {from: [17.0.0.0/8], ports: [8080]}}}';
    expect(problems(tiers)).toEqual([expect.stringContaining('17.0.0.0/8 is the world')]);
    expect(() => compile(tiers, 'trusted: {cidrs: [17.0.0.0/8]}')).not.toThrow();
    expect(problems(tiers, 'trusted: {cidrs: [17.0.0.0/7]}')).toHaveLength(2);
  });
});

describe('remedies', () => {
  it('are revoke, narrow and migrate, if the control supports them', () => {
    const { controls } = compile(
      'controls:',
      '  world-open-admin: {remedy: narrow, narrowTo: trusted}',
      '  default-group-rules: {remedy: migrate}',
      'trusted: {cidrs: [203.0.113.0/24]}',
    );
    expect(controls).toMatchObject({
      'world-open-admin': { remedy: 'narrow', narrowTo: 'trusted' },
      'default-group-rules': { remedy: 'migrate' },
      'world-open-everything': { remedy: 'revoke' },
    });
  });

  it.each([
    [
      'world-open-admin: {narrowTo: trusted}',
      '.world-open-admin.narrowTo: only applies to remedy: narrow, but the remedy is revoke',
    ],
    ['world-open-admin: {remedy: narrow}', '.world-open-admin.narrowTo: missing, but remedy: narrow needs it'],
    [
      'world-open-admin: {remedy: narrow, narrowTo: trusted}',
      '.world-open-admin.narrowTo: the policy trusts nothing: list cidrs or prefixLists under trusted',
    ],
    [
      'world-open-admin: {remedy: narrow, narrowTo: actor}',
      '.world-open-admin.narrowTo: no address of an actor could be granted: list trusted cidrs, or set trusted.anyActor to true',
    ],
    [
      'world-open-admin: {remedy: migrate}',
      '.world-open-admin.remedy: expected a remedy (revoke, narrow), not "migrate"',
    ],
    [
      'default-group-rules: {remedy: narrow}',
      '.default-group-rules.remedy: expected a remedy (revoke, migrate), not "narrow"',
    ],
    [
      'default-group-rules: {narrowTo: private}',
      '.default-group-rules.narrowTo is not a setting (known: fresh, existing, remedy)',
    ],
    ['world-open-egress: {remedy: narrow}', '.world-open-egress.remedy is not a setting (known: fresh, existing)'],
    [
      'world-open-admin: {remedy: narrow, narrowTo: privat}',
      '.world-open-admin.narrowTo: expected what to narrow to (actor, trusted, private, split), not "privat" (did you mean private?)',
    ],
  ])('refuse a contradiction: %s', (line, problem) => {
    expect(problems('controls:', `  ${line}`)).toEqual([`3: controls${problem}`]);
  });
});
