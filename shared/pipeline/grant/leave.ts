import { contentKey } from '../../exposure/rule-key.ts';
import type { ExemptionTerms } from '../../model/command.ts';
import type { Exemption } from '../../model/exemption.ts';
import type { Entry } from '../../model/ledger.ts';
import type { Asked } from '../../model/person.ts';
import type { Rule } from '../../model/rule.ts';
import type { GrantCell } from './cell.ts';
import { exemptionId } from './exemption-id.ts';
import { termsOf } from './terms.ts';

/** Leave that ends so little earlier is the same one, given by a try whose answer was lost, ms. */
const SAME_WITHIN_MS = 600_000;

/** The exemptions that rules need to stand again: one for each content, in their group alone. */
export const leavesFor = async (
  rules: readonly Rule[],
  { plan }: Entry,
  terms: ExemptionTerms,
  asked: Asked,
): Promise<readonly Exemption[]> => {
  const { account, region } = plan.change;
  const common = { ...asked, ...termsOf(terms, asked.at), place: { account, region } };
  const all = rules.map((rule) => ({ ...common, scope: { groupId: rule.groupId, content: contentKey(rule) } }));
  return await Promise.all(all.map(async (one) => ({ ...one, id: await exemptionId(one) })));
};

const isGiven = (known: readonly Exemption[], { scope, until }: Exemption): boolean =>
  known.some(
    (one) =>
      one.scope.groupId === scope.groupId &&
      one.scope.content === scope.content &&
      one.scope.control === undefined &&
      one.until >= until - SAME_WITHIN_MS,
  );

/** Records exemptions that do not hold already. Throws CallFailed. */
export const giveLeave = async (
  wanted: readonly Exemption[],
  known: readonly Exemption[],
  { ports }: GrantCell,
): Promise<void> => {
  for (const one of wanted.filter((leave) => !isGiven(known, leave))) await ports.exemptions.put(one);
};
