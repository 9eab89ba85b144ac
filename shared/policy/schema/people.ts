import { z } from 'zod';
import { ACTION_NAMES, type ActionPermission } from '../../domain/action.ts';
import { namesPathOnly } from '../../domain/change.ts';
import type { People } from '../../domain/policy.ts';
import { DEFAULTS } from './defaults.ts';
import { listOf, principal, refinedBy, repeated, type SectionIssue, words } from './values.ts';

const slackUser = slackId('UW', 'the id of a Slack user, such as U0123456789');

/** A Slack id: one of `letters`, followed by letters and digits. */
function slackId(letters: string, what: string) {
  return z.string({ error: what }).regex(new RegExp(`^[${letters}][A-Z0-9]{6,20}$`), { error: what });
}

const permitSchema = z
  .strictObject(
    {
      actions: z
        .array(z.enum(ACTION_NAMES, { error: `an action (${ACTION_NAMES.join(', ')})` }), {
          error: 'a list of actions',
        })
        .min(1, { error: 'at least one action' })
        .describe('Actions that they may request.'),
      slackUsers: listOf(slackUser, 'Slack user ids').describe('With buttons.'),
      slackGroups: listOf(
        slackId('S', 'the id of a Slack user group, such as S0123456789'),
        'Slack user group ids',
      ).describe('With buttons: current members of these groups.'),
      principals: listOf(principal, 'ARNs').describe(
        'At the command line; * stands for anything. For a role, the partition, account and name are compared, but not the path.',
      ),
    },
    { error: 'a map of actions, slackUsers, slackGroups and principals' },
  )
  .superRefine(refinedBy(permitIssues));

interface WrittenPermit {
  readonly actions: readonly string[];
  readonly slackUsers?: readonly string[] | undefined;
  readonly slackGroups?: readonly string[] | undefined;
  readonly principals?: readonly string[] | undefined;
}

const LISTS = ['slackUsers', 'slackGroups', 'principals'] as const;

function permitIssues(permit: WrittenPermit): readonly SectionIssue[] {
  const names = LISTS.flatMap((list) => permit[list] ?? []);
  return [
    ...withoutName(permit.principals),
    ...(names.length === 0 ? [{ path: [], text: `names nobody: add ${LISTS.join(', ')}` }] : []),
    ...(['actions', ...LISTS] as const).flatMap((list) => repeated(permit[list] ?? [], [list])),
  ];
}

/** on-grant identifies a caller by a session's ARN, which has no path. */
function withoutName(principals: readonly string[] = []): readonly SectionIssue[] {
  return principals.flatMap((pattern, index) =>
    namesPathOnly(pattern)
      ? [
          {
            path: ['principals', index],
            text: `${pattern} only matches the path of a role, which AWS leaves out of the ARN of a session: add the name of the role`,
          },
        ]
      : [],
  );
}

/** The section `people`. */
export const peopleSchema = z.strictObject(
  {
    slackTeam: slackId('T', 'the id of a Slack workspace, such as T0123456789')
      .optional()
      .describe('Workspace of the buttons. Default: any workspace with the signing secret.'),
    may: listOf(permitSchema, 'permits').describe(
      'Who may request which action. Default: buttons do nothing, and every principal that may invoke on-grant may request anything.',
    ),
    notOwnChanges: z
      .boolean({ error: 'true or false' })
      .optional()
      .describe(
        'Whether people are forbidden to restore or exempt rules that they opened, or to decline their removal; default false.',
      ),
    awsNames: z
      .record(slackUser, words('a name in AWS, such as ann@example.com'), {
        error: 'a map of Slack users to their names in AWS',
      })
      .optional()
      .describe(
        'AWS names of Slack users: the name of the session (with single sign-on, the email address) or of the user.',
      ),
  },
  { error: 'a map of slackTeam, may, notOwnChanges and awsNames' },
);

/** Compiles the section `people`. */
export function compilePeople({ slackTeam, may, notOwnChanges, awsNames }: z.infer<typeof peopleSchema> = {}): People {
  return {
    ...(slackTeam !== undefined && { slackTeam }),
    may: may?.map(compilePermit) ?? DEFAULTS.people.may,
    ...(notOwnChanges === true && { notOwnChanges }),
    ...(awsNames !== undefined && { awsNames }),
  };
}

function compilePermit({
  actions,
  slackUsers,
  slackGroups,
  principals,
}: z.infer<typeof permitSchema>): ActionPermission {
  return {
    actions,
    slackUsers: slackUsers ?? [],
    slackGroups: slackGroups ?? [],
    principals: principals ?? [],
  };
}
