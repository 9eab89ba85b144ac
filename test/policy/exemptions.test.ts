import { describe, expect, it } from 'vitest';
import { exemptionSchema } from '../../shared/policy/schema/exemptions.ts';
import { compile, problems } from './sections.ts';

function entry(...parts: readonly string[]): readonly string[] {
  return ['exemptions:', '  - reason: a move', '    owner: ann', ...parts.map((part) => `    ${part}`)];
}

const DATES = ['from: 2026-01-01', 'until: 2026-03-31'];

describe('exemptions in the policy', () => {
  it('apply to a group, a rule, ports and a control until the end of the last day', () => {
    const policy = compile(
      ...entry('group: sg-0123456789abcdef0', 'rule: tcp 22 from 203.0.113.0/24', 'ticket: NET-1', ...DATES),
      '  - {group: "legacy-*", ports: [5432, 8000-8010], control: world-open-admin, reason: r, owner: o, from: 2026-01-01, until: 2026-01-01}',
    );
    expect(policy.exemptions).toEqual([
      {
        id: 'exemptions.0',
        scope: { groupId: 'sg-0123456789abcdef0', content: 'ingress tcp 22 22 203.0.113.0/24' },
        by: { name: 'ann', through: 'policy' },
        reason: 'a move',
        owner: 'ann',
        ticket: 'NET-1',
        at: Date.parse('2026-01-01T00:00:00Z'),
        until: Date.parse('2026-04-01T00:00:00Z'),
      },
      {
        id: 'exemptions.1',
        scope: {
          groupName: 'legacy-*',
          ports: {
            tcp: [
              { from: 5432, to: 5432 },
              { from: 8000, to: 8010 },
            ],
            udp: [],
          },
          control: 'world-open-admin',
        },
        by: { name: 'o', through: 'policy' },
        reason: 'r',
        owner: 'o',
        at: Date.parse('2026-01-01T00:00:00Z'),
        until: Date.parse('2026-01-02T00:00:00Z'),
      },
    ]);
  });

  it('cannot name the canary', () => {
    const written = { control: 'canary', reason: 'r', owner: 'o', from: '2026-01-01', until: '2026-01-02' };
    const { error } = exemptionSchema(['canary', 'world-open-admin']).safeParse(written);
    expect(error?.issues).toMatchObject([{ path: ['control'], message: expect.stringContaining('cannot be exempt') }]);
  });

  it('may start and end at a minute', () => {
    const [one] = compile(...entry('group: web', 'from: 2026-01-01T08:30Z', 'until: 2026-01-01T18:00Z')).exemptions;
    expect(one).toMatchObject({ at: Date.parse('2026-01-01T08:30:00Z'), until: Date.parse('2026-01-01T18:00:00Z') });
  });

  it.each([
    [
      '101 ranges of ports',
      entry(`ports: [${Array.from({ length: 101 }, (_, index) => 2 * index).join(', ')}]`, ...DATES),
      '5: exemptions.0.ports: more than 100 separate ranges: use wider ranges or a control',
    ],
    [
      'no scope',
      entry(...DATES),
      '3: exemptions.0: does not say what is exempt: add a group, a rule, ports or a control',
    ],
    [
      'more than 90 days',
      entry('group: web', 'from: 2026-01-01', 'until: 2026-04-01'),
      '7: exemptions.0.until: 91 days from 2026-01-01, at most 90',
    ],
    [
      'an end before the beginning',
      entry('group: web', 'from: 2026-02-01', 'until: 2026-01-31'),
      '7: exemptions.0.until: 2026-01-31 is before 2026-02-01',
    ],
    [
      'a day that no month has',
      entry('group: web', 'from: 2026-02-30', 'until: 2026-03-01'),
      '6: exemptions.0.from: expected a day such as 2026-12-31 (or a minute, 2026-12-31T18:00Z), not "2026-02-30"',
    ],
    [
      'no end',
      entry('group: web', 'from: 2026-02-01'),
      '3: exemptions.0.until: missing, expected a day such as 2026-12-31 (or a minute, 2026-12-31T18:00Z)',
    ],
    [
      'a rule that is none',
      entry('rule: ssh from the office', ...DATES),
      '5: exemptions.0.rule: expected a rule such as tcp 22 from 203.0.113.0/24, not "ssh from the office"',
    ],
    [
      'ports beside a rule',
      entry('rule: tcp 22 from 10.0.0.0/8', 'ports: [22]', ...DATES),
      '6: exemptions.0.ports: the rule already states its ports: remove ports',
    ],
    [
      'every group',
      entry('group: "*"', ...DATES),
      '5: exemptions.0.group: expected a name, with * for anything, that does not match every group, not "*"',
    ],
    [
      'an unknown control',
      entry('control: world-open-admn', ...DATES),
      '5: exemptions.0.control: expected a control, not "world-open-admn" (did you mean world-open-admin?)',
    ],
    [
      'an unknown key',
      entry('grop: web', 'group: web', ...DATES),
      '5: exemptions.0.grop is not a setting (did you mean group?)',
    ],
    [
      'no reason',
      ['exemptions: [{group: web, owner: o, reason: " ", from: 2026-01-01, until: 2026-01-02}]'],
      '2: exemptions.0.reason: expected a reason in words, not " "',
    ],
    ['a map', ['exemptions: {group: web}'], '2: exemptions: expected a list of exemptions, not a map'],
  ])('with %s are refused, with their line', (_, lines, problem) => {
    expect(problems(...lines)).toEqual([problem]);
  });
});

describe('exemptionTagsBy', () => {
  it.each([
    'arn:aws:iam::111122223333:role/network-admin',
    'arn:aws:iam::111122223333:role/ci/deploy-*',
    'arn:aws:sts::111122223333:assumed-role/ops/ann',
    'arn:aws-us-gov:iam::*:user/*-admin',
    'arn:aws:iam::111122223333:root',
  ])('accepts the ARN %s', (arn) => {
    expect(compile('exemptionTagsBy:', `  - ${arn}`).exemptionTagsBy).toEqual([arn]);
  });

  it.each([
    '*',
    'arn:*',
    'network-admin',
    'arn:aws:iam::111122223333:role/*',
    'arn:aws:iam::111122223333:*',
    'arn:aws:sts::111122223333:assumed-role/*/ann',
  ])('refuses %s, which could match anyone', (arn) => {
    expect(problems('exemptionTagsBy:', `  - "${arn}"`)).toEqual([
      `3: exemptionTagsBy.0: expected the ARN of a user or role, with * for anything, such as arn:aws:iam::111122223333:role/deploy-*, not "${arn}"`,
    ]);
  });
});
