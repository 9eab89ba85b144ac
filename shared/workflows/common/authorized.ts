import { CallFailed } from '../../domain/errors.ts';
import type { Grants } from '../../domain/grants.ts';
import type { Group } from '../../domain/group.ts';
import type { FollowUp } from '../../domain/requests/follow-up.ts';
import type { Direction, Rule } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';
import { formatGroup } from '../../network/text/format-group.ts';

const DIRECTIONS = ['ingress', 'egress'] as const satisfies readonly Direction[];

/** What became of rules that were to be granted. */
type Answer = Pick<FollowUp, 'granted' | 'refused'>;

const withoutId = (rule: Rule): Rule => {
  const { id: _, ...content } = rule;
  return content;
};

/**
 * Why EC2 would not have the rules, where that is no fault: undefined where it is one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const refusal = ({ code, message }: CallFailed, group: Group, direction: Direction): string | undefined => {
  if (code === 'RulesPerSecurityGroupLimitExceeded')
    return `${formatGroup(group)} has as many ${direction} rules as its quota allows: remove one that nobody needs, or have the quota raised, then try again`;
  if (code.endsWith('.NotFound')) return `the group, or a group or prefix list that a rule names, is gone (${message})`;
  return undefined;
};

const inDirection = async (
  direction: Direction,
  rules: readonly Rule[],
  group: Group,
  grants: Pick<Grants, 'authorize'>,
): Promise<Answer> => {
  if (rules.length === 0) return { granted: [], refused: [] };
  try {
    const step = { do: 'authorize', groupId: group.id, direction, rules: rules.map(withoutId) } as const;
    return { granted: await grants.authorize(step), refused: [] };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const reason = refusal(error, group, direction);
    if (reason === undefined) throw error;
    return { granted: [], refused: rules.map((rule) => ({ rule, reason })) };
  }
};

/**
 * Authorizes rules, one call for each direction: all of it are granted, or none with the reason. What a try that broke off has granted
 * already is asked for apart, so that a refusal of the rest does not hide it.
 *
 * @throws CallFailed for everything that is not a plain answer about these rules.
 */
export const authorized = async (
  rules: readonly Rule[],
  group: Group,
  grants: Pick<Grants, 'authorize'>,
): Promise<Answer> => {
  const stand = new Set(group.rules.map(canonicalKey));
  const isThere = (rule: Rule) => stand.has(canonicalKey(rule));
  const answers: Answer[] = [];
  for (const direction of DIRECTIONS) {
    const ours = rules.filter((rule) => rule.direction === direction);
    answers.push(await inDirection(direction, ours.filter(isThere), group, grants));
    answers.push(
      await inDirection(
        direction,
        ours.filter((rule) => !isThere(rule)),
        group,
        grants,
      ),
    );
  }
  return { granted: answers.flatMap(({ granted }) => granted), refused: answers.flatMap(({ refused }) => refused) };
};
