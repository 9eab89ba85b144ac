import type { Change } from '../../../shared/domain/change.ts';
import type { Facts } from '../../../shared/domain/control.ts';
import type { Decision } from '../../../shared/domain/decision.ts';
import type { GroupSnapshot } from '../../../shared/domain/ec2.ts';
import { RemediatorError } from '../../../shared/domain/errors.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Finding } from '../../../shared/domain/finding.ts';
import type { GroupIdentity } from '../../../shared/domain/group.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { appliesToGroup, coversRule, exemptionsAt } from '../../../shared/policy/exemptions.ts';
import { findingsWithModes } from '../../../shared/remediation/decide/decide-group.ts';
import { withEffectiveMode } from '../../../shared/remediation/decide/effective-mode.ts';
import { type Evaluator, evaluatorOf } from '../../../shared/remediation/decide/enabled-controls.ts';
import type { GroupFinding } from '../../../shared/reports/report.ts';
import type { Arguments } from '../../command.ts';
import type { Terminal } from '../../terminal.ts';

/** Looked at without a change: every violation was there before. */
const WITHOUT_CHANGE = { trigger: 'sweep', added: { kind: 'unknown' } } as const satisfies Pick<
  Change,
  'trigger' | 'added'
>;

/**
 * The findings behind decisions, each with its own mode: a rule that several controls name gets the highest of theirs. There is no
 * runtime switch here, so nothing is held down by one.
 */
export function findingsBehind(decisions: readonly Decision[], policy: Policy): readonly GroupFinding[] {
  const groups = new Map(
    decisions.flatMap(({ group, findings: because }) => because.map((finding) => [finding, group] as const)),
  );
  return Array.from(groups, ([finding, group]) => ({
    ...withEffectiveMode(finding, group, { policy, ceiling: 'enforce' }),
    group,
  }));
}

/** What the controls find in a group as it stands, apart from what the exemptions leave out. */
export function judgeGroup(
  { group, facts }: GroupSnapshot,
  evaluator: Evaluator,
  exemptions: readonly Exemption[] = [],
): readonly GroupFinding[] {
  const found = findingsWithModes({ group, facts }, { ...WITHOUT_CHANGE, exemptions }, evaluator, 'enforce');
  if (found.length === 0) return [];
  const { rules: _rules, ...identity } = group;
  return found.map((weighed) => ({ ...weighed, group: identity }));
}

/** The exemptions that a scan goes by. */
export interface ScanExemptions {
  /** In force at the time of the scan: the policy's, then the ledger's. */
  readonly inForce: readonly Exemption[];
  /** Exemptions of the policy that have ended or have not begun. */
  readonly notInForce: readonly Exemption[];
  /** Home region of the cell whose ledger was asked; absent if none was. */
  readonly ledger?: string;
  /** Why the ledger's exemptions could not be read. */
  readonly errors: readonly string[];
}

/** Most exemptions that are read: all, in practice. */
const MOST_EXEMPTIONS = 100_000;

/** The exemptions in the ledger of the cell that `--cell` names. Throws InputInvalid, CallFailed. */
async function readLedger(args: Arguments, terminal: Terminal): Promise<readonly Exemption[]> {
  const { listFromCell: look } = await import('../../cell.ts');
  const result = await look(args, terminal, { do: 'list', what: 'exemptions', most: MOST_EXEMPTIONS }, 'cell');
  return result.kind === 'exemptions' ? result.exemptions.filter(({ by }) => by.through !== 'policy') : [];
}

/** Reads the exemptions. A ledger that cannot be read does not end the scan: it is an error in the result. */
export async function readExemptions(args: Arguments, policy: Policy, terminal: Terminal): Promise<ScanExemptions> {
  const now = terminal.clock.now();
  const ofPolicy = exemptionsAt(now, policy, []);
  const notInForce = policy.exemptions.filter((one) => !ofPolicy.includes(one));
  const ledger = args.value('cell');
  if (ledger === undefined) return { inForce: ofPolicy, notInForce, errors: [] };
  try {
    const inForce = exemptionsAt(now, policy, await readLedger(args, terminal));
    return { inForce, notInForce, ledger, errors: [] };
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    return {
      inForce: ofPolicy,
      notInForce,
      errors: [`exemptions in the ledger of the cell in ${ledger}: ${error.message}`],
    };
  }
}

/** Judges a group under exemptions. */
export type JudgeGroup = (sighting: GroupSnapshot, exemptions: readonly Exemption[]) => readonly GroupFinding[];

/** An exemption, and how much it left out. */
export interface AppliedExemption {
  readonly exemption: Exemption;
  /** Findings that would be there without it, or would name more rules. */
  readonly findings: number;
  readonly groups: number;
}

function findingKey({ finding }: GroupFinding): string {
  return `${finding.control} ${finding.freshness}`;
}

/** What a control found, as a number that an exemption can only lower: findings and the rules that they name. */
function extentOf(judged: readonly GroupFinding[] = []): number {
  return judged.reduce((sum, { finding }) => sum + 1 + finding.rules.length, 0);
}

function isLeftOutBy({ scope }: Exemption, { control, rules }: Finding): boolean {
  return (
    (scope.control === undefined || scope.control === control) &&
    (rules.length === 0
      ? scope.content === undefined && scope.ports === undefined
      : rules.some((rule) => coversRule(scope, rule)))
  );
}

/**
 * Judges groups under the exemptions that are in force, and counts what each of them left out. A group that an exemption is about is
 * judged twice: with the exemptions and without.
 */
export class ExemptingJudge {
  readonly #judge: JudgeGroup;
  readonly #exemptions: readonly Exemption[];
  readonly #counts = new Map<Exemption, { findings: number; groups: number }>();

  constructor(judge: JudgeGroup, exemptions: readonly Exemption[]) {
    this.#judge = judge;
    this.#exemptions = exemptions;
  }

  /** What is found in a group, apart from what is exempt. */
  judge(sighting: GroupSnapshot): readonly GroupFinding[] {
    const concerned = this.#concerned(sighting.group);
    const judged = this.#judge(sighting, concerned);
    if (concerned.length > 0) this.#count(concerned, this.#judge(sighting, []), judged);
    return judged;
  }

  #concerned(group: GroupIdentity): readonly Exemption[] {
    return this.#exemptions.filter(({ scope }) => appliesToGroup(scope, group));
  }

  #count(concerned: readonly Exemption[], all: readonly GroupFinding[], left: readonly GroupFinding[]): void {
    const still = Map.groupBy(left, findingKey);
    const fewer = [...Map.groupBy(all, findingKey)].flatMap(([key, found]) =>
      extentOf(still.get(key)) < extentOf(found) ? found.map(({ finding }) => finding) : [],
    );
    for (const exemption of concerned) {
      const findings = fewer.filter((finding) => isLeftOutBy(exemption, finding)).length;
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

/**
 * Controls that judge without a fact, and what is taken for it where files do not tell it; a note says so. The rules of a default group
 * are a violation whether or not it is in use, which only holds the mode down. A source is as wide as a private range whatever CIDR
 * blocks the VPC has: those alone can't be recognised.
 */
export const ASSUMED: Readonly<Record<string, Partial<Facts>>> = {
  'default-group-rules': { attachments: [] },
  'wide-source': { vpcCidrs: [] },
};

/** One assuming control by itself, and what it assumes. */
interface Assuming {
  readonly evaluator: Evaluator;
  readonly facts: Partial<Facts>;
}

function assumingControls(policy: Policy): readonly Assuming[] {
  return Object.entries(ASSUMED).flatMap(([id, facts]) => {
    const options = policy.controls[id];
    return options === undefined ? [] : [{ evaluator: evaluatorOf({ ...policy, controls: { [id]: options } }), facts }];
  });
}

function needsAssumption(sighting: GroupSnapshot, { facts }: Assuming): boolean {
  return Object.keys(facts).some((need) => !(need in sighting.facts));
}

/** Judges groups described by files: every control whose facts are known, and those that judge without. */
export function judgeKnown(policy: Policy): JudgeGroup {
  const evaluator = evaluatorOf(policy);
  const assuming = assumingControls(policy);
  return (sighting, exemptions) => {
    const judged = judgeGroup(sighting, evaluator, exemptions);
    const more = assuming.filter((one) => needsAssumption(sighting, one));
    if (more.length === 0) return judged;
    const facts = (one: Assuming) => ({ ...one.facts, ...sighting.facts });
    return [
      ...judged,
      ...more.flatMap((one) => judgeGroup({ group: sighting.group, facts: facts(one) }, one.evaluator, exemptions)),
    ];
  };
}
