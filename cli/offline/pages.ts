import { type Fields, field, isFields, textField } from '../../shared/events/fields.ts';
import type { Input } from '../read-input.ts';
import { elements } from './account-input.ts';
import { DESCRIBED, HELD, has } from './supplements.ts';

/** Names under which AWS's list calls tell that another page follows. */
const TOKENS = ['nextToken', 'nextMarker'];

/** Lists whose pages are counted: what an output of the AWS CLI may hold. */
const LISTS = [...DESCRIBED, ...HELD];

const hasNext = (fields: Fields): boolean => TOKENS.some((name) => textField(fields, name) !== undefined);

/**
 * Follows the pages of AWS's answers through all inputs, in the order in which they stand: whether the last page of each list is there,
 * and whether EC2 answered that there is no group.
 */
export class Pages {
  /** Where the page stands that should be followed by another, by the list that it is a page of. */
  readonly #open = new Map<string, string>();
  /** Whether an answer says that there is no group, and is not silent about groups. */
  isAnswered = false;

  /** Takes in one input. */
  take(input: Input): void {
    for (const value of elements(input)) if (isFields(value)) this.#takeAnswer(value, input.name);
  }

  #takeAnswer(answer: Fields, place: string): void {
    for (const list of LISTS) {
      if (!has(answer, list)) continue;
      if (hasNext(answer)) this.#open.set(list, place);
      else this.#open.delete(list);
    }
    const groups = field(answer, 'securityGroups');
    if (Array.isArray(groups) && groups.length === 0) this.isAnswered = true;
  }

  /** Each list whose last page is missing. */
  get errors(): readonly string[] {
    return Array.from(
      this.#open,
      ([list, place]) =>
        `${place}: ${list.charAt(0).toUpperCase()}${list.slice(1)} goes on after this page (NextToken), so only a part was judged: give all pages in their order; without --max-items and --no-paginate, the AWS CLI gives them at once`,
    );
  }
}
