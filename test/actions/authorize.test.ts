import { describe, expect, it } from 'vitest';
import { type Authorization, authorize } from '../../shared/actions/authorize.ts';
import type { Action } from '../../shared/domain/action.ts';
import type { Command } from '../../shared/domain/command.ts';
import type { Caller } from '../../shared/domain/identity.ts';
import type { People } from '../../shared/domain/policy.ts';

const ACCOUNT = '111122223333';
const ANN = `arn:aws:sts::${ACCOUNT}:assumed-role/ops/ann@example.com`;
const ACTION_ROLE = `arn:aws:iam::${ACCOUNT}:role/portcullis/Portcullis-OnActionRole-1A2B`;
const ON_ACTION = `arn:aws:sts::${ACCOUNT}:assumed-role/Portcullis-OnActionRole-1A2B/Portcullis-on-action`;

const ID = '01h455vb4pex5vsknk084sn02q';
const byLine = { by: { name: 'boss', arn: 'arn:aws:iam::111122223333:user/boss', through: 'command-line' } } as const;
const request = { ...byLine, reason: 'ticket A-1' };
const terms = { days: 1, owner: 'team-web' };

const RESTORE: Command = { do: 'restore', id: ID, dryRun: true, ...request };
const RELEASE: Command = { do: 'approve', id: ID, ...request };

/** A command of each kind that somebody asks for, and what the policy has to let them do. */
const COMMANDS: readonly (readonly [Command, readonly Action[]])[] = [
  [RESTORE, ['restore']],
  [{ do: 'restore', id: ID, dryRun: false, exempt: terms, ...request }, ['restore', 'exempt']],
  [{ do: 'roll-back', id: ID, ...request }, ['restore']],
  [{ do: 'leave-open', id: ID, terms, ...request }, ['exempt']],
  [{ do: 'exempt', region: 'eu-west-1', scope: {}, terms, ...request }, ['exempt']],
  [{ do: 'renew', id: ID, days: 1, ...request }, ['exempt']],
  [{ do: 'end-exemption', id: ID, ...request }, ['exempt']],
  [RELEASE, ['approve']],
  [{ do: 'resume-budget', ...request }, ['approve']],
  [{ do: 'decline', id: ID, ...request }, ['decline']],
  [{ do: 'acknowledge', id: ID, ...request }, ['acknowledge']],
];
const NAMED = COMMANDS.map(
  ([command, actions]) => [`${command.do} (${actions.join(', ')})`, command, actions] as const,
);
const NOBODY: People = { may: [] };

function people(actions: readonly Action[], ...principals: readonly string[]): People {
  return {
    may: [{ actions, slackUsers: [], slackGroups: [], principals }],
  };
}

function proven(arn: string): Caller {
  return { kind: 'proven', arn };
}
const UNPROVEN: Caller = { kind: 'unproven' };
const FALSE: Caller = { kind: 'false', because: 'the proof of who asks is not good: it is late' };

function decided(command: Command, caller: Caller, may: People, actionRole: string | undefined = ACTION_ROLE) {
  return authorize(command, caller, { people: may, actionRole });
}

/** In whose name a command goes on; why not where it does not. */
function outcome(admitted: Authorization) {
  if (admitted.kind === 'admitted') return 'by' in admitted.command ? admitted.command.by : 'nobody';
  return admitted.result.kind === 'refused' ? admitted.result.because.join() : admitted.result.kind;
}

const AS_ANN = { name: 'ann@example.com', arn: ANN, verified: true, through: 'command-line' };

describe('a command at the command line', () => {
  it.each(NAMED)('of a false proof is refused, whatever the policy: %s', (_name, command) => {
    for (const may of [NOBODY, people(['restore', 'exempt', 'approve', 'decline', 'acknowledge'], ANN)])
      expect(outcome(decided(command, FALSE, may))).toBe(`${FALSE.because}: nothing was done`);
  });

  it.each(NAMED)(
    'goes on as it came without a proof, and unproven, where the policy names nobody: %s',
    (_n, command) => {
      expect(decided(command, UNPROVEN, NOBODY)).toEqual({ kind: 'admitted', command });
      expect(outcome(decided(command, UNPROVEN, NOBODY))).not.toHaveProperty('verified');
    },
  );

  it.each(NAMED)('goes on in the name that AWS knows, whatever name it gives itself: %s', (_name, command, actions) => {
    for (const may of [NOBODY, people(actions, `arn:aws:iam::${ACCOUNT}:role/ops`)]) {
      const admitted = decided(command, proven(ANN), may);
      expect(outcome(admitted)).toEqual(AS_ANN);
      expect(admitted).toMatchObject({ command: { ...command, by: AS_ANN } });
    }
  });

  it.each(NAMED)('is refused without a proof where the policy names anybody: %s', (_name, command, actions) => {
    expect(outcome(decided(command, UNPROVEN, people(actions, byLine.by.arn, ANN)))).toContain('without a proof');
  });

  it.each(NAMED)('takes leave for each of its actions, and for no other: %s', (_name, command, actions) => {
    const all = ['restore', 'exempt', 'approve', 'decline', 'acknowledge'] as const;
    const others = all.filter((action) => !actions.includes(action));
    expect(outcome(decided(command, proven(ANN), people(others, ANN)))).toBe(
      `the policy does not let ${ANN} ${actions.join(' and ')} (people.may)`,
    );
    for (const lacking of actions) {
      const may = people(
        actions.filter((action) => action !== lacking),
        ANN,
      );
      expect(outcome(decided(command, proven(ANN), may))).toContain(`does not let ${ANN} ${lacking} (people.may)`);
    }
  });

  it.each([
    [`arn:aws:iam::${ACCOUNT}:role/op`, false],
    [`arn:aws:iam::${ACCOUNT}:role/op*`, true],
    [`arn:aws:sts::${ACCOUNT}:assumed-role/ops/ann@example.com`, true],
    [`arn:aws:sts::${ACCOUNT}:assumed-role/ops/ben@example.com`, false],
    ['arn:aws:iam::444455556666:role/ops', false],
    // Who assumes a role names the session.
    [`arn:aws:sts::${ACCOUNT}:assumed-role/*ann@example.com`, false],
  ])('of a session is let in by %s: %s', (pattern, isIn) => {
    const admitted = decided(RESTORE, proven(ANN), people(['restore'], pattern));
    expect(admitted.kind).toBe(isIn ? 'admitted' : 'refused');
  });

  it('is not permitted by the policy’s Slack users', () => {
    const may = [{ actions: ['restore'] as const, slackUsers: ['U0123456789'], slackGroups: [], principals: [] }];
    expect(decided(RESTORE, proven(ANN), { may }).kind).toBe('refused');
  });
});

describe('a command of a button', () => {
  const pressed: Command = {
    do: 'approve',
    id: ID,
    by: { name: 'ann (U1)', arn: ANN, through: 'button' },
    reason: 'button in Slack: approve',
  };

  it('is accepted only from the function that handles buttons, in the name of the person', () => {
    for (const may of [NOBODY, people(['restore'], ANN)])
      expect(outcome(decided(pressed, proven(ON_ACTION), may))).toEqual({
        name: 'ann (U1)',
        verified: true,
        through: 'button',
      });
  });

  it.each([
    ['nobody', UNPROVEN],
    ['a person who may do it', proven(ANN)],
    ['a role with a like name', proven(ON_ACTION.replace('1A2B', '1A2BC'))],
    ['the role of another account', proven(ON_ACTION.replace(ACCOUNT, '444455556666'))],
    ['a user of the role’s name', proven(`arn:aws:iam::${ACCOUNT}:user/Portcullis-OnActionRole-1A2B`)],
    ['a session of its name', proven(`arn:aws:sts::${ACCOUNT}:assumed-role/x/Portcullis-OnActionRole-1A2B`)],
  ] as const)('is not taken from %s, whatever the policy', (_who, caller) => {
    for (const may of [NOBODY, people(['approve'], ANN)])
      expect(outcome(decided(pressed, caller, may))).toContain('only the function that takes presses may say');
  });

  it('is refused if the cell has no buttons', () => {
    for (const caller of [UNPROVEN, proven(ON_ACTION), proven(ANN)])
      expect(outcome(authorize(pressed, caller, { people: NOBODY, actionRole: undefined }))).toContain(
        'no buttons here',
      );
  });

  it('does not let that function act as a person at the command line', () => {
    expect(outcome(decided(RELEASE, proven(ON_ACTION), people(['approve'], ANN)))).toContain('does not let');
  });
});

describe('a command without a person', () => {
  it.each<Command>([
    { do: 'list', what: 'pending', most: 5 },
    { do: 'follow', groupId: 'sg-1', planId: 'p' },
    { do: 'canary', region: 'eu-west-1' },
  ])('goes on without a proof, but not with a false one: $do', (command) => {
    const may = people(['restore'], ANN);
    expect(decided(command, UNPROVEN, may)).toEqual({ kind: 'admitted', command });
    expect(decided(command, proven(ANN), may)).toEqual({ kind: 'admitted', command });
    expect(outcome(decided(command, FALSE, may))).toContain('the proof of who asks is not good');
  });
});
