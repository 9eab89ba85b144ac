import { AccountIndex, type Wanted } from '../offline/account-index.ts';
import { elements, readAlone, supplementErrors } from '../offline/account-input.ts';
import { Pages } from '../offline/pages.ts';
import { readSupplements, type Supplements, supplementsIn } from '../offline/supplements.ts';
import type { Input } from '../read-input.ts';

/** What a first walk over inputs tells, small beside the groups themselves. */
export interface Survey {
  readonly supplements: Supplements;
  readonly index: AccountIndex;
  readonly errors: readonly string[];
  /** Whether EC2 answered that there is no group. */
  readonly isAnswered: boolean;
}

/**
 * Walks over inputs once, value by value: what stands beside the groups, and the facts that only the whole set tells. Undefined where a
 * group is described more than once, so that its parts have to be brought together first.
 */
export const survey = async (inputs: AsyncIterable<Input>, wanted: Wanted): Promise<Survey | undefined> => {
  const index = new AccountIndex(wanted);
  const pages = new Pages();
  const [beside, errors]: [unknown[], string[]] = [[], []];
  for await (const input of inputs) {
    pages.take(input);
    const held = elements(input).flatMap((value) => supplementsIn(value) ?? []);
    if (held.length > 0) errors.push(...supplementErrors(input));
    beside.push(...held);
    for (const group of readAlone(input).groups) {
      if (index.has(group.id)) return undefined;
      index.add(group);
    }
  }
  const { isAnswered } = pages;
  return { supplements: readSupplements(beside, []), index, errors: [...errors, ...pages.errors], isAnswered };
};
