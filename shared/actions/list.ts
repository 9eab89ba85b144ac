import type { Entry } from '../domain/ledger.ts';
import type { Command, CommandResult, RemediationLine } from '../domain/requests/command.ts';
import { exemptionsAt } from '../policy/exempt.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { lineOf } from './line.ts';
import { pageOf } from './page.ts';

/** A request for a list. */
export type List = Extract<Command, { do: 'list' }>;

const linesOf = async (
  entries: readonly Entry[],
  { policy, ports }: GrantCell,
): Promise<readonly RemediationLine[]> => {
  if (entries.length === 0) return [];
  const recorded = (await ports.exemptions.all()).filter(({ provisional }) => provisional === undefined);
  const exemptions = exemptionsAt(ports.clock.now(), policy, recorded);
  return entries.map((entry) => lineOf(entry, { entries, exemptions }));
};

/**
 * A page of the remediations, the newest first, or of what waits for a person, the oldest first; or of the exemptions of the policy file
 * and then the ledger. Throws CallFailed.
 */
export const list = async ({ what, most, after }: List, cell: GrantCell): Promise<CommandResult> => {
  const { policy, ports } = cell;
  switch (what) {
    case 'remediations': {
      const { items, ...more } = pageOf(await linesOf(await ports.register.newest(most), cell), after, 'descending');
      return { kind: 'remediations', lines: items, ...more };
    }
    case 'pending':
    case 'held': {
      const lines = await linesOf((await ports.register.waiting(what)).slice(0, most), cell);
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
