import type { Need } from '../../shared/model/facts.ts';
import type { Sighting } from '../../shared/model/ports.ts';
import type { Judged } from '../../shared/reports/records.ts';
import { countUnknownLists, type UnknownLists, unknownListErrors } from '../offline/unknown-lists.ts';
import type { Part } from './files.ts';
import type { Source } from './sources.ts';

/** What a scan keeps of the groups as they go by: findings and counts. */
export class Tally {
  readonly judged: Judged[] = [];
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
  readonly #judge: (sighting: Sighting) => readonly Judged[];

  constructor(from: Source['from'], needs: ReadonlySet<Need>, judge: (sighting: Sighting) => readonly Judged[]) {
    this.#from = from;
    this.#needs = needs;
    this.#judge = judge;
  }

  /** What could not be judged: what could not be read, then the prefix lists that inbound rules name and files do not tell. */
  get errors(): readonly string[] {
    return [...this.#errors, ...unknownListErrors(this.#lists)];
  }

  /** Judges the groups of a part, and lets go of them. */
  take({ sightings, errors }: Part): void {
    for (const error of errors) this.#errors.push(error);
    for (const sighting of sightings) this.#look(sighting);
  }

  #look(sighting: Sighting): void {
    const { group, facts } = sighting;
    this.groups += 1;
    this.rules += group.rules.length;
    if (group.name === '') this.nameless += 1;
    for (const need of this.#needs) if (!(need in facts)) this.lacking.set(need, (this.lacking.get(need) ?? 0) + 1);
    if (this.#from === 'files') countUnknownLists(group, this.#lists);
    for (const judged of this.#judge(sighting)) this.judged.push(judged);
  }
}
