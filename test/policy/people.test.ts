import { describe, expect, it } from 'vitest';
import { ACTION_NAMES } from '../../shared/domain/action.ts';
import { principalMay, slackGroupsAllowed, slackUserMay } from '../../shared/policy/people.ts';
import { compile, problems } from './sections.ts';

function people(...lines: readonly string[]) {
  return compile('people:', ...lines.map((line) => `  ${line}`)).people;
}

const ROLE = 'arn:aws:iam::111122223333:role/network-admin';

const POLICY = people(
  'slackTeam: T0123456',
  'may:',
  '  - {actions: [restore, approve], slackUsers: [U0000001], slackGroups: [S0000001, S0000002]}',
  '  - {actions: [decline], slackGroups: [S0000001]}',
  `  - {actions: [approve], principals: ['${ROLE}', 'arn:aws:iam::111122223333:user/ann']}`,
);

const ann = { team: 'T0123456', user: 'U0000001', groups: [] };

describe('the section people', () => {
  it('allows no buttons by default', () => {
    expect(compile().people).toEqual({ may: [] });
    expect(people('slackTeam: T0123456')).toEqual({ slackTeam: 'T0123456', may: [] });
  });

  it('is compiled with every list', () => {
    expect(people('may: [{actions: [acknowledge], slackUsers: [W0000001]}]')).toEqual({
      may: [{ actions: ['acknowledge'], slackUsers: ['W0000001'], slackGroups: [], principals: [] }],
    });
  });

  it.each([
    ['{actions: [restore]}', ': names nobody: add slackUsers, slackGroups, principals'],
    ['{actions: [], slackUsers: [U0000001]}', '.actions: expected at least one action, not a list'],
    [
      '{actions: [aprove], slackUsers: [U0000001]}',
      '.actions.0: expected an action (restore, approve, decline, exempt, acknowledge), not "aprove" (did you mean approve?)',
    ],
    ['{actions: [restore, restore], slackUsers: [U0000001]}', '.actions.1: restore is listed twice'],
    ['{actions: [restore], slackUsers: [U0000001, U0000001]}', '.slackUsers.1: U0000001 is listed twice'],
    [
      "{actions: [restore], slackUsers: ['@ann']}",
      '.slackUsers.0: expected the id of a Slack user, such as U0123456789, not "@ann"',
    ],
    [
      '{actions: [restore], slackGroups: [U0000001]}',
      '.slackGroups.0: expected the id of a Slack user group, such as S0123456789, not "U0000001"',
    ],
    [
      "{actions: [restore], principals: ['*']}",
      '.principals.0: expected the ARN of a user or role, with * for anything, such as arn:aws:iam::111122223333:role/deploy-*, not "*"',
    ],
    [
      "{actions: [restore], principals: ['arn:aws:iam::111122223333:role/team/*']}",
      '.principals.0: arn:aws:iam::111122223333:role/team/* only matches the path of a role, which AWS leaves out of the ARN of a session: add the name of the role',
    ],
    [
      '{actions: [restore], users: [U0000001]}',
      '.users is not a setting (known: actions, slackUsers, slackGroups, principals)',
    ],
  ])('refuses an invalid entry: %s', (permit, problem) => {
    expect(problems('people:', '  may:', `    - ${permit}`)).toEqual([`4: people.may.0${problem}`]);
  });

  it('allows people to undo the closing of their own changes by default, and maps Slack users to AWS names', () => {
    expect(people('notOwnChanges: false')).toEqual({ may: [] });
    expect(people('notOwnChanges: true', 'awsNames: {U0123456: ann@example.com}')).toEqual({
      may: [],
      notOwnChanges: true,
      awsNames: { U0123456: 'ann@example.com' },
    });
  });

  it('has the id of a workspace', () => {
    expect(problems('people: {slackTeam: acme}')).toEqual([
      '2: people.slackTeam: expected the id of a Slack workspace, such as T0123456789, not "acme"',
    ]);
  });
});

describe('a button', () => {
  it('is allowed for a user of an entry with the action', () => {
    expect(ACTION_NAMES.filter((action) => slackUserMay(POLICY, ann, action))).toEqual(['restore', 'approve']);
    expect(ACTION_NAMES.filter((action) => slackUserMay(POLICY, { ...ann, user: 'U0000002' }, action))).toEqual([]);
  });

  it('is allowed for a member of a group of an entry with the action', () => {
    const member = (group: string) => ({ team: 'T0123456', user: 'U9', groups: ['S9', group] });
    expect(ACTION_NAMES.filter((action) => slackUserMay(POLICY, member('S0000001'), action))).toEqual([
      'restore',
      'approve',
      'decline',
    ]);
    expect(ACTION_NAMES.filter((action) => slackUserMay(POLICY, member('S0000002'), action))).toEqual([
      'restore',
      'approve',
    ]);
    expect(slackGroupsAllowed(POLICY, 'restore')).toEqual(['S0000001', 'S0000002']);
    expect(slackGroupsAllowed(POLICY, 'exempt')).toEqual([]);
  });

  it('is not allowed from another or unknown workspace', () => {
    expect(slackUserMay(POLICY, { ...ann, team: 'T0000009' }, 'restore')).toBe(false);
    expect(slackUserMay(POLICY, { ...ann, team: undefined }, 'restore')).toBe(false);
    const anywhere = people('may: [{actions: [restore], slackUsers: [U0000001]}]');
    expect(slackUserMay(anywhere, { ...ann, team: 'T0000009' }, 'restore')).toBe(true);
  });

  it('is allowed for nobody by default', () => {
    expect(ACTION_NAMES.some((action) => slackUserMay({ may: [] }, ann, action))).toBe(false);
  });
});

describe('a principal', () => {
  it('may request anything by default', () => {
    expect(ACTION_NAMES.every((action) => principalMay({ may: [] }, ROLE, action))).toBe(true);
  });

  it('may request the actions of an entry that names it or its role', () => {
    const session = 'arn:aws:sts::111122223333:assumed-role/network-admin/ann';
    expect(ACTION_NAMES.filter((action) => principalMay(POLICY, session, action))).toEqual(['approve']);
    expect(ACTION_NAMES.filter((action) => principalMay(POLICY, 'arn:aws:iam::111122223333:user/ann', action))).toEqual(
      ['approve'],
    );
  });

  it('does not match by the name of a session, another account or a Slack user', () => {
    const others = [
      'arn:aws:sts::111122223333:assumed-role/intern/network-admin',
      'arn:aws:sts::444455556666:assumed-role/network-admin/ann',
      'arn:aws:iam::111122223333:role/network-admin-2',
      'U0000001',
    ];
    expect(others.filter((arn) => ACTION_NAMES.some((action) => principalMay(POLICY, arn, action)))).toEqual([]);
  });

  it('may request nothing if the entries name only Slack users', () => {
    const slackOnly = people('may: [{actions: [restore], slackUsers: [U0000001]}]');
    expect(ACTION_NAMES.some((action) => principalMay(slackOnly, ROLE, action))).toBe(false);
  });
});
