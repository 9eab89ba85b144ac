import type { Need } from '../../shared/domain/controls/facts.ts';
import type { Sighting } from '../../shared/domain/ports.ts';
import { WHOLE_OUTPUT } from '../../shared/events/describe/description-parts.ts';
import type { Judged } from '../../shared/reports/records.ts';
import { countSeverities } from '../../shared/reports/totals.ts';
import { countUnknownLists, type UnknownLists, unknownListErrors } from '../offline/unknown-lists.ts';
import type { Source } from './sources.ts';

/** A file of that name beside the groups holds the entries. */
const besideTheGroups = (id: string): string =>
  `save them and scan that file, too: aws ec2 get-managed-prefix-list-entries --prefix-list-id ${id} > ${id}.json`;

const NO_GROUPS = `no security group in the input, so nothing was judged: ${WHOLE_OUTPUT}`;

/** What a scan counts of the groups as they go by. Their findings are handed on: an account may have any number. */
export class Tally {
  readonly found = countSeverities([]);
  /** Number of findings by control. */
  readonly byControl = new Map<string, number>();
  guilty = 0;
  groups = 0;
  rules = 0;
  /** Groups whose name the input does not tell. */
  nameless = 0;
  /** Groups of which a fact is not known. */
  readonly lacking = new Map<Need, number>();
  readonly #errors: string[] = [];
  readonly #lists: UnknownLists = new Map();
  readonly #needs: ReadonlySet<Need>;
  readonly #from: Source['from'];
  #isAnswered = false;

  constructor(from: Source['from'], needs: ReadonlySet<Need>) {
    this.#from = from;
    this.#needs = needs;
  }

  /** What could not be judged: what could not be read, then the prefix lists that inbound rules name and files do not tell. */
  get errors(): readonly string[] {
    const isSilent = this.groups === 0 && this.#errors.length === 0 && !this.#isAnswered;
    return [...this.#errors, ...unknownListErrors(this.#lists, besideTheGroups), ...(isSilent ? [NO_GROUPS] : [])];
  }

  /** Takes in what could not be read, and whether EC2 answered that there is no group. */
  miss(errors: readonly string[], isAnswered = false): void {
    for (const error of errors) this.#errors.push(error);
    this.#isAnswered ||= isAnswered;
  }

  /** Takes in a group and what was found in it. */
  take({ group, facts }: Sighting, judged: readonly Judged[]): void {
    this.groups += 1;
    this.rules += group.rules.length;
    if (group.name === '') this.nameless += 1;
    for (const need of this.#needs) if (!(need in facts)) this.lacking.set(need, (this.lacking.get(need) ?? 0) + 1);
    if (this.#from === 'files') countUnknownLists(group, this.#lists);
    if (judged.length > 0) this.guilty += 1;
    for (const { finding } of judged) {
      this.found[finding.severity] += 1;
      this.byControl.set(finding.control, (this.byControl.get(finding.control) ?? 0) + 1);
    }
  }
}
