import type { Change } from '../../../shared/domain/change.ts';
import type { Facts } from '../../../shared/domain/control.ts';
import type { GroupSnapshot } from '../../../shared/domain/ec2.ts';
import { RemediatorError } from '../../../shared/domain/errors.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Finding } from '../../../shared/domain/finding.ts';
import type { GroupIdentity } from '../../../shared/domain/group.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { appliesToGroup, coversRule, exemptionsAt } from '../../../shared/policy/exemptions.ts';
import { findingsWithModes } from '../../../shared/remediation/decide/decide-group.ts';
import { type Evaluator, evaluatorOf } from '../../../shared/remediation/decide/enabled-controls.ts';
import type { GroupFinding } from '../../../shared/reports/report.ts';
import { listFromCell } from '../../cell.ts';
import type { Arguments } from '../../command.ts';
import type { Terminal } from '../../terminal.ts';

/** A scan judges without a change, so every violation counts as existing. */
const WITHOUT_CHANGE = { trigger: 'sweep', added: { kind: 'unknown' } } as const satisfies Pick<
  Change,
  'trigger' | 'added'
>;

/** Evaluates the controls on a group. Exempt rules are left out. */
export function judgeGroup(
  { group, facts }: GroupSnapshot,
  evaluator: Evaluator,
  exemptions: readonly Exemption[] = [],
): readonly GroupFinding[] {
  const found = findingsWithModes({ group, facts }, { ...WITHOUT_CHANGE, exemptions }, evaluator, 'enforce');
  if (found.length === 0) return [];
  const { rules: _rules, ...identity } = group;
  return found.map((limited) => ({ ...limited, group: identity }));
}

/** The exemptions that a scan applies. */
export interface ScanExemptions {
  /** In force at the time of the scan: those of the policy, then those of the ledger. */
  readonly inForce: readonly Exemption[];
  /** Exemptions of the policy that have ended or have not begun. */
  readonly notInForce: readonly Exemption[];
  /** Home region of the cell whose ledger was read; absent if none was. */
  readonly ledger?: string;
  /** Why the exemptions of the ledger could not be read. */
  readonly errors: readonly string[];
}

/** Greatest number of exemptions that are read; in practice all. */
const MOST_EXEMPTIONS = 100_000;

/** Reads the exemptions in the ledger of the cell that `--cell` names. Throws InputInvalid, CallFailed. */
async function readLedger(args: Arguments, terminal: Terminal): Promise<readonly Exemption[]> {
  const result = await listFromCell(args, terminal, { do: 'list', what: 'exemptions', most: MOST_EXEMPTIONS }, 'cell');
  return result.kind === 'exemptions' ? result.exemptions.filter(({ by }) => by.through !== 'policy') : [];
}

/** Reads the exemptions. If the ledger cannot be read, the scan continues and the result has an error. */
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

/** Judges a group and leaves out what is exempt. */
export type JudgeGroup = (snapshot: GroupSnapshot, exemptions: readonly Exemption[]) => readonly GroupFinding[];

/** An exemption and how much it left out. */
export interface AppliedExemption {
  readonly exemption: Exemption;
  /** Number of findings that would exist without the exemption, or would have more rules. */
  readonly findings: number;
  readonly groups: number;
}

function findingKey({ finding }: GroupFinding): string {
  return `${finding.control} ${finding.freshness}`;
}

/** The number of findings and of their rules. An exemption can only lower it. */
function extentOf(findings: readonly GroupFinding[] = []): number {
  return findings.reduce((sum, { finding }) => sum + 1 + finding.rules.length, 0);
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
 * Judges groups and counts what each exemption leaves out. A group with exemptions is findings twice: with
 * and without them.
 */
export class ExemptingJudge {
  readonly #judge: JudgeGroup;
  readonly #exemptions: readonly Exemption[];
  readonly #counts = new Map<Exemption, { findings: number; groups: number }>();

  constructor(judge: JudgeGroup, exemptions: readonly Exemption[]) {
    this.#judge = judge;
    this.#exemptions = exemptions;
  }

  /** The findings of a group without those that are exempt. */
  judge(snapshot: GroupSnapshot): readonly GroupFinding[] {
    const concerned = this.#concerned(snapshot.group);
    const findings = this.#judge(snapshot, concerned);
    if (concerned.length > 0) this.#count(concerned, this.#judge(snapshot, []), findings);
    return findings;
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

  /** The exemptions that left something out, in their original order. */
  get applied(): readonly AppliedExemption[] {
    return this.#exemptions.flatMap((exemption) => {
      const count = this.#counts.get(exemption);
      return count === undefined ? [] : [{ exemption, ...count }];
    });
  }
}

/**
 * The values that controls assume for facts that files do not state. A note in the report says so. Rules of a
 * default group are a violation whether or not the group is in use; use only lowers the mode. A source can be
 * compared with the private ranges without the CIDR blocks of the VPC; only those blocks themselves are not
 * recognised.
 */
export const ASSUMED: Readonly<Record<string, Partial<Facts>>> = {
  'default-group-rules': { attachments: [] },
  'wide-source': { vpcCidrs: [] },
};

/** An evaluator of one control, and the facts that the control assumes. */
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

function needsAssumption(snapshot: GroupSnapshot, { facts }: Assuming): boolean {
  return Object.keys(facts).some((need) => !(need in snapshot.facts));
}

/**
 * Judges groups from files: with every control whose facts are known, and with the controls that assume a
 * fact.
 */
export function fileGroupJudge(policy: Policy): JudgeGroup {
  const evaluator = evaluatorOf(policy);
  const assuming = assumingControls(policy);
  return (snapshot, exemptions) => {
    const findings = judgeGroup(snapshot, evaluator, exemptions);
    const more = assuming.filter((one) => needsAssumption(snapshot, one));
    if (more.length === 0) return findings;
    const facts = (one: Assuming) => ({ ...one.facts, ...snapshot.facts });
    return [
      ...findings,
      ...more.flatMap((one) => judgeGroup({ group: snapshot.group, facts: facts(one) }, one.evaluator, exemptions)),
    ];
  };
}
