import type { Exemption } from '../../domain/exemption.ts';
import type { Command, CommandResult } from '../../domain/requests/command.ts';
import { askedNow } from '../../remediation/asked.ts';
import type { GrantCell } from '../common/cell.ts';
import { ownChangeIn } from '../common/opened-by-asker.ts';
import { recordLeave } from '../common/record-leave.ts';
import { refuse } from '../common/refuse.ts';
import { termsOf, termsProblems } from '../common/terms.ts';
import { type Resolved, resolveScope } from './requested-scope.ts';

/** A request for leave. */
export type Exempt = Extract<Command, { do: 'exempt' }>;

const placeOf = ({ group }: Extract<Resolved, { kind: 'resolved' }>, region: string): Pick<Exemption, 'place'> =>
  group?.ownerId === undefined ? {} : { place: { account: group.ownerId, region } };

/** Records an exemption, for 1 to 90 days from now, and tells people. Throws CallFailed. */
export const exempt = async (command: Exempt, cell: GrantCell): Promise<CommandResult> => {
  const problems = termsProblems(command.terms, command.reason, command.scope.allGroups ? {} : undefined);
  if (problems.length > 0) return refuse(...problems);
  const resolved = await resolveScope(command.scope, command.region, cell);
  if (resolved.kind === 'wrong') return refuse(...resolved.because);
  const own = await ownChangeIn(command.by, resolved.scope, resolved.group, cell);
  if (own.kind === 'refused') return own.result;
  const asked = { ...askedNow(command, cell.ports.clock), ...own.mark };
  const place = placeOf(resolved, command.region);
  const wanted = { ...asked, ...termsOf(command.terms, asked.at), ...place, scope: resolved.scope };
  return { kind: 'exempted', ...(await recordLeave(wanted, cell)) };
};
