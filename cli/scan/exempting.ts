import type { Finding } from '../../shared/domain/controls/finding.ts';
import type { Exemption } from '../../shared/domain/exemption.ts';
import type { GroupIdentity } from '../../shared/domain/group.ts';
import type { Sighting } from '../../shared/domain/ports.ts';
import { covers, isAboutGroup } from '../../shared/policy/exempt.ts';
import type { Judged } from '../../shared/reports/records.ts';

/** Judges a group under exemptions. */
export type JudgeGroup = (sighting: Sighting, exemptions: readonly Exemption[]) => readonly Judged[];

/** An exemption, and how much it left out. */
export interface AppliedExemption {
  readonly exemption: Exemption;
  /** Findings that would be there without it, or would name more rules. */
  readonly findings: number;
  readonly groups: number;
}

const keyOf = ({ finding }: Judged): string => `${finding.control} ${finding.freshness}`;

/** What a control found, as a number that an exemption can only lower: findings and the rules that they name. */
const extentOf = (judged: readonly Judged[] = []): number =>
  judged.reduce((sum, { finding }) => sum + 1 + finding.rules.length, 0);

const leavesOut = ({ scope }: Exemption, { control, rules }: Finding): boolean =>
  (scope.control === undefined || scope.control === control) &&
  (rules.length === 0
    ? scope.content === undefined && scope.ports === undefined
    : rules.some((rule) => covers(scope, rule)));

/**
 * Judges groups under the exemptions that are in force, and counts what each of them left out. A group that an exemption is about is
 * judged twice: with the exemptions and without.
 */
export class Exempting {
  readonly #judge: JudgeGroup;
  readonly #exemptions: readonly Exemption[];
  readonly #counts = new Map<Exemption, { findings: number; groups: number }>();

  constructor(judge: JudgeGroup, exemptions: readonly Exemption[]) {
    this.#judge = judge;
    this.#exemptions = exemptions;
  }

  /** What is found in a group, apart from what is exempt. */
  judge(sighting: Sighting): readonly Judged[] {
    const concerned = this.#concerned(sighting.group);
    const judged = this.#judge(sighting, concerned);
    if (concerned.length > 0) this.#count(concerned, this.#judge(sighting, []), judged);
    return judged;
  }

  #concerned(group: GroupIdentity): readonly Exemption[] {
    return this.#exemptions.filter(({ scope }) => isAboutGroup(scope, group));
  }

  #count(concerned: readonly Exemption[], all: readonly Judged[], left: readonly Judged[]): void {
    const still = Map.groupBy(left, keyOf);
    const fewer = [...Map.groupBy(all, keyOf)].flatMap(([key, found]) =>
      extentOf(still.get(key)) < extentOf(found) ? found.map(({ finding }) => finding) : [],
    );
    for (const exemption of concerned) {
      const findings = fewer.filter((finding) => leavesOut(exemption, finding)).length;
      if (findings === 0) continue;
      const count = this.#counts.get(exemption) ?? { findings: 0, groups: 0 };
      this.#counts.set(exemption, { findings: count.findings + findings, groups: count.groups + 1 });
    }
  }

  /** The exemptions that left something out, in the order in which they were given. */
  get applied(): readonly AppliedExemption[] {
    return this.#exemptions.flatMap((exemption) => {
      const count = this.#counts.get(exemption);
      return count === undefined ? [] : [{ exemption, ...count }];
    });
  }
}
