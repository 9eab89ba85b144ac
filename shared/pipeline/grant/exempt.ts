import type { Command, CommandResult } from '../../model/command.ts';
import type { Exemption, ExemptionScope } from '../../model/exemption.ts';
import { askedNow, isSameRequest } from './asked.ts';
import type { GrantCell } from './cell.ts';
import { exemptionId } from './exemption-id.ts';
import { refuse } from './refuse.ts';
import { type Resolved, resolveScope } from './requested-scope.ts';
import { termsOf, termsProblems } from './terms.ts';

/** A request for leave. */
export type Exempt = Extract<Command, { do: 'exempt' }>;

const scopeText = ({ groupId, content, ports, control }: ExemptionScope): string =>
  JSON.stringify([groupId, content, ports, control]);

const placeOf = ({ group }: Extract<Resolved, { kind: 'resolved' }>, region: string): Pick<Exemption, 'place'> =>
  group?.ownerId === undefined ? {} : { place: { account: group.ownerId, region } };

/** The same leave, put on the record by a try whose answer was lost. */
const recorded = (wanted: Omit<Exemption, 'id'>, all: readonly Exemption[]): Exemption | undefined =>
  all.find(
    (one) =>
      one.ended === undefined &&
      isSameRequest(one, wanted) &&
      one.owner === wanted.owner &&
      one.until - one.at === wanted.until - wanted.at &&
      scopeText(one.scope) === scopeText(wanted.scope),
  );

/** Records an exemption, for 1 to 90 days from now, and tells people. Throws CallFailed. */
export const exempt = async (command: Exempt, cell: GrantCell): Promise<CommandResult> => {
  const { exemptions, notices, clock } = cell.ports;
  const problems = termsProblems(command.terms, command.reason);
  if (problems.length > 0) return refuse(...problems);
  const resolved = await resolveScope(command.scope, command.region, cell);
  if (resolved.kind === 'wrong') return refuse(...resolved.because);
  const asked = askedNow(command, clock);
  const place = placeOf(resolved, command.region);
  const wanted = { ...asked, ...termsOf(command.terms, asked.at), ...place, scope: resolved.scope };
  const exemption = recorded(wanted, await exemptions.all()) ?? { ...wanted, id: await exemptionId(wanted) };
  await exemptions.put(exemption);
  await notices.announce({ id: `exempted ${exemption.id}`, what: 'exempted', exemption });
  return { kind: 'exempted', exemption };
};
