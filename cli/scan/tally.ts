import type { Need } from '../../shared/model/facts.ts';
import type { Sighting } from '../../shared/model/ports.ts';
import type { Judged } from '../../shared/reports/records.ts';
import { countSeverities } from '../../shared/reports/totals.ts';
import { countUnknownLists, type UnknownLists, unknownListErrors } from '../offline/unknown-lists.ts';
import type { Source } from './sources.ts';

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

  constructor(from: Source['from'], needs: ReadonlySet<Need>) {
    this.#from = from;
    this.#needs = needs;
  }

  /** What could not be judged: what could not be read, then the prefix lists that inbound rules name and files do not tell. */
  get errors(): readonly string[] {
    return [...this.#errors, ...unknownListErrors(this.#lists)];
  }

  /** Takes in what could not be read. */
  miss(errors: readonly string[]): void {
    for (const error of errors) this.#errors.push(error);
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
