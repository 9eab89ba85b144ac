import { formatRule, plain } from '../../exposure/format.ts';
import type { Command, CommandResult, RemediationLine } from '../../model/command.ts';
import type { Entry } from '../../model/ledger.ts';
import { remediationId } from '../../model/remediation-id.ts';
import type { GrantCell } from './cell.ts';

/** A request for a list. */
export type List = Extract<Command, { do: 'list' }>;

const lineOf = ({ plan, outcome, answer }: Entry): RemediationLine => {
  const { group, rules, because } = plan.decision;
  const { actor, region } = plan.change;
  const name = actor?.name ?? actor?.arn;
  return {
    id: remediationId(plan),
    at: plan.at,
    status: answer?.verdict ?? outcome?.status ?? 'under way',
    groupId: group.id,
    groupName: plain(group.name),
    region,
    controls: [...new Set(because.map(({ control }) => control))],
    rules: rules.map(formatRule),
    ...(name !== undefined && { actor: plain(name) }),
  };
};

/** Remediations, the newest first, or what waits for a person, the oldest first; or the exemptions of the ledger and the policy file. Throws CallFailed. */
export const list = async ({ what, most }: List, { policy, ports }: GrantCell): Promise<CommandResult> => {
  switch (what) {
    case 'remediations':
      return { kind: 'remediations', lines: (await ports.register.newest(most)).map(lineOf) };
    case 'pending':
    case 'held':
      return { kind: 'remediations', lines: (await ports.register.waiting(what)).slice(0, most).map(lineOf) };
    case 'exemptions': {
      const recorded = (await ports.exemptions.all()).filter(({ at, until }) => at < until);
      return { kind: 'exemptions', exemptions: [...policy.exemptions, ...recorded].slice(0, most) };
    }
    default:
      return what satisfies never;
  }
};
