import { formatRule, plain } from '../../exposure/format.ts';
import type { Command, CommandResult, RemediationLine } from '../../model/command.ts';
import type { Entry } from '../../model/ledger.ts';
import { remediationId } from '../../model/remediation-id.ts';
import type { GrantCell } from './cell.ts';
import { pageOf } from './page.ts';

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

/**
 * A page of the remediations, the newest first, or of what waits for a person, the oldest first; or of the exemptions of the policy file
 * and then the ledger. Throws CallFailed.
 */
export const list = async ({ what, most, after }: List, { policy, ports }: GrantCell): Promise<CommandResult> => {
  switch (what) {
    case 'remediations': {
      const { items, ...more } = pageOf((await ports.register.newest(most)).map(lineOf), after, 'descending');
      return { kind: 'remediations', lines: items, ...more };
    }
    case 'pending':
    case 'held': {
      const lines = (await ports.register.waiting(what)).slice(0, most).map(lineOf);
      const { items, ...more } = pageOf(lines, after, 'ascending');
      return { kind: 'remediations', lines: items, ...more };
    }
    case 'exemptions': {
      const recorded = (await ports.exemptions.all()).filter(
        ({ at, until, provisional }) => at < until && provisional === undefined,
      );
      const all = [...policy.exemptions, ...recorded].slice(0, most);
      const { items, ...more } = pageOf(all, after, 'descending');
      return { kind: 'exemptions', exemptions: items, ...more };
    }
    default:
      return what satisfies never;
  }
};
