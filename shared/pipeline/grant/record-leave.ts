import type { Exemption, ExemptionScope } from '../../model/exemption.ts';
import { isSameRequest } from './asked.ts';
import type { GrantCell } from './cell.ts';
import { exemptionId } from './exemption-id.ts';

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

const tell = async (exemption: Exemption, others: number, { ports }: GrantCell): Promise<void> =>
  await ports.notices.announce({
    id: `exempted ${exemption.id}`,
    what: 'exempted',
    exemption,
    ...(others > 0 && { others }),
  });

/** Puts a leave on the record, once however often the same request is tried, and tells people. Throws CallFailed. */
export const recordLeave = async (leave: Leave, cell: GrantCell): Promise<Exemption> => {
  const exemption = await put(leave, await cell.ports.exemptions.all(), cell);
  await tell(exemption, 0, cell);
  return exemption;
};

/** The same for all that one request asks for: people are told once, by the first of them. Throws CallFailed. */
export const recordLeaves = async (leaves: readonly Leave[], cell: GrantCell): Promise<readonly Exemption[]> => {
  const all = await cell.ports.exemptions.all();
  const given: Exemption[] = [];
  for (const leave of leaves) given.push(await put(leave, all, cell));
  const [first, ...others] = given;
  if (first !== undefined) await tell(first, others.length, cell);
  return given;
};
