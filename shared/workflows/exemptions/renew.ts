import type { Exemption } from '../../domain/exemption.ts';
import type { Command, CommandResult } from '../../domain/requests/command.ts';
import { askedNow, isSameRequest } from '../../remediation/asked.ts';
import { afterExemptions } from '../common/after-exemption.ts';
import type { GrantCell } from '../common/cell.ts';
import { type OwnChange, ownChangeIn } from '../common/opened-by-asker.ts';
import { refuse } from '../common/refuse.ts';
import { afterDays, daysProblems, reasonProblems } from '../common/terms.ts';
import { knownExemption } from './known-exemption.ts';

/** A request to let an exemption run on. */
export type Renew = Extract<Command, { do: 'renew' }>;

const over = ({ id, until, ended }: Exemption, now: number): string | undefined => {
  if (ended !== undefined) return `${id} was ended by ${ended.by.name} (${ended.reason}): ask for a new one`;
  return until <= now ? `${id} ran out on ${new Date(until).toISOString()}: ask for a new one` : undefined;
};

/** The group as it is now tells which of its rules the exemption is about. Throws CallFailed. */
const ownChangeOn = async ({ scope, place }: Exemption, { by }: Renew, cell: GrantCell): Promise<OwnChange> => {
  if (scope.groupId === undefined || place === undefined) return { kind: 'allowed', mark: {} };
  const look = { by: 'group-id', ids: [scope.groupId] } as const;
  const { sightings } = await cell.ports.region(place.region).groups.look(look, new Set());
  return await ownChangeIn(by, scope, sightings[0]?.group, cell);
};

/** Lets an exemption run for 1 to 90 days from now, whatever was left of it, and tells people. Throws CallFailed. */
export const renew = async (command: Renew, cell: GrantCell): Promise<CommandResult> => {
  const { exemptions, notices, clock } = cell.ports;
  const known = await knownExemption(command.id, cell);
  if ('refusal' in known) return known.refusal;
  const problems = [...daysProblems(command.days, known.exemption.scope), ...reasonProblems(command.reason)];
  if (problems.length > 0) return refuse(...problems);
  const own = await ownChangeOn(known.exemption, command, cell);
  if (own.kind === 'refused') return own.result;
  const asked = { ...askedNow(command, clock), ...own.mark };
  const objection = over(known.exemption, asked.at);
  if (objection !== undefined) return refuse(objection);
  const { warnedAt: _, ...before } = known.exemption;
  const last = before.renewed?.at(-1);
  const isRenewed =
    last !== undefined && isSameRequest(last, asked) && before.until === afterDays(last.at, command.days);
  const renewed = { ...before, until: afterDays(asked.at, command.days), renewed: [...(before.renewed ?? []), asked] };
  const exemption = isRenewed ? before : renewed;
  await exemptions.put(exemption);
  const after = await afterExemptions([exemption], cell);
  const id = `renewed ${exemption.id} ${exemption.until}`;
  await notices.announce({ id, what: 'exempted', exemption, ...after });
  return { kind: 'renewed', exemption, ...after };
};
