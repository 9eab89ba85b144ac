import type { AfterExemption } from '../../domain/after-exemption.ts';
import type { Exemption, ExemptionScope } from '../../domain/exemption.ts';
import { isSameRequest } from '../../remediation/asked.ts';
import { exemptionId } from '../../remediation/tags/exemption-id.ts';
import { afterExemptions } from './after-exemption.ts';
import type { GrantCell } from './cell.ts';

/** An exemption that is not on the record yet. */
export type Leave = Omit<Exemption, 'id'>;

const scopeText = ({ groupId, content, ports, control }: ExemptionScope): string =>
  JSON.stringify([groupId, content, ports, control]);

/** The same leave, put on the record by a try whose answer was lost. */
const recorded = (wanted: Leave, all: readonly Exemption[]): Exemption | undefined =>
  all.find(
    (one) =>
      one.ended === undefined &&
      isSameRequest(one, wanted) &&
      one.owner === wanted.owner &&
      one.until - one.at === wanted.until - wanted.at &&
      scopeText(one.scope) === scopeText(wanted.scope),
  );

const put = async (leave: Leave, all: readonly Exemption[], { ports }: GrantCell): Promise<Exemption> => {
  const exemption = recorded(leave, all) ?? { ...leave, id: await exemptionId(leave) };
  await ports.exemptions.put(exemption);
  return exemption;
};

/** What becomes of the rules when exemptions end, where that is known. */
interface Known {
  readonly afterwards?: AfterExemption;
}

const tell = async (exemption: Exemption, others: number, known: Known, { ports }: GrantCell): Promise<void> => {
  const counted = others > 0 ? { others } : {};
  await ports.notices.announce({ id: `exempted ${exemption.id}`, what: 'exempted', exemption, ...counted, ...known });
};

/** Puts a leave on the record, once however often the same request is tried, and tells people. Throws CallFailed. */
export const recordLeave = async (
  leave: Leave,
  cell: GrantCell,
): Promise<Known & { readonly exemption: Exemption }> => {
  const exemption = await put(leave, await cell.ports.exemptions.all(), cell);
  const known = await afterExemptions([exemption], cell);
  await tell(exemption, 0, known, cell);
  return { exemption, ...known };
};

/** The same for all that one request asks for: people are told once, by the first of them. Throws CallFailed. */
export const recordLeaves = async (
  leaves: readonly Leave[],
  cell: GrantCell,
): Promise<Known & { readonly exemptions: readonly Exemption[] }> => {
  const all = await cell.ports.exemptions.all();
  const exemptions: Exemption[] = [];
  for (const leave of leaves) exemptions.push(await put(leave, all, cell));
  const known = await afterExemptions(exemptions, cell);
  const [first, ...others] = exemptions;
  if (first !== undefined) await tell(first, others.length, known, cell);
  return { exemptions, ...known };
};
