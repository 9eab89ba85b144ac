import { CONTROLS } from '../../../shared/controls/registry.ts';
import type { AnyControl, Need } from '../../../shared/domain/control.ts';
import type { GroupSnapshot } from '../../../shared/domain/ec2.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { WHOLE_OUTPUT } from '../../../shared/events/describe/descriptions.ts';
import { enabledControls } from '../../../shared/remediation/decide/enabled-controls.ts';
import type { ExemptionRecord, GroupFinding, ScanRecord } from '../../../shared/reports/report.ts';
import { countSeverities, type ScanSummary, type Totals } from '../../../shared/reports/review.ts';
import { counted, isoTime } from '../../../shared/reports/text.ts';
import { VERSION } from '../../command.ts';
import type { LoadedPolicy } from '../../input/policy-file.ts';
import { countUnknownLists, type UnknownLists, unknownListErrors } from '../../input/supplements.ts';
import { type AppliedExemption, ASSUMED, type ScanExemptions } from './judge.ts';
import type { ScanSource } from './sources.ts';

/** How to supply the entries of a prefix list. */
function entriesCommand(id: string): string {
  return `save them and scan that file, too: aws ec2 get-managed-prefix-list-entries --prefix-list-id ${id} > ${id}.json`;
}

const NO_GROUPS = `no security group in the input, so nothing was judged: ${WHOLE_OUTPUT}`;

/** Counts groups and findings. It keeps neither, because an account may have any number. */
export class ScanTally {
  readonly found = countSeverities([]);
  /** Number of findings by control. */
  readonly byControl = new Map<string, number>();
  groupsWithFindings = 0;
  groups = 0;
  rules = 0;
  /** Number of groups without a name in the input. */
  unnamedGroups = 0;
  /** Number of groups with an unknown fact, by fact. */
  readonly missingFacts = new Map<Need, number>();
  readonly #errors: string[] = [];
  readonly #lists: UnknownLists = new Map();
  readonly #needs: ReadonlySet<Need>;
  readonly #from: ScanSource['from'];
  #confirmsNoGroups = false;

  constructor(from: ScanSource['from'], needs: ReadonlySet<Need>) {
    this.#from = from;
    this.#needs = needs;
  }

  /** What could not be judged: first what could not be read, then the prefix lists with unknown entries. */
  get errors(): readonly string[] {
    const isSilent = this.groups === 0 && this.#errors.length === 0 && !this.#confirmsNoGroups;
    return [...this.#errors, ...unknownListErrors(this.#lists, entriesCommand), ...(isSilent ? [NO_GROUPS] : [])];
  }

  /** The totals so far. */
  totals(): Totals & Pick<ScanSummary, 'byControl'> {
    const { found, byControl, groupsWithFindings, groups, rules, errors } = this;
    return { found, byControl, groupsWithFindings, groups, rules, errors };
  }

  /** Adds errors, and whether EC2 answered that there are no groups. */
  addErrors(errors: readonly string[], confirmsNoGroups = false): void {
    for (const error of errors) this.#errors.push(error);
    this.#confirmsNoGroups ||= confirmsNoGroups;
  }

  /** Adds a group and its findings. */
  addGroup({ group, facts }: GroupSnapshot, findings: readonly GroupFinding[]): void {
    this.groups += 1;
    this.rules += group.rules.length;
    if (group.name === '') this.unnamedGroups += 1;
    for (const need of this.#needs)
      if (!(need in facts)) this.missingFacts.set(need, (this.missingFacts.get(need) ?? 0) + 1);
    if (this.#from === 'files') countUnknownLists(group, this.#lists);
    if (findings.length > 0) this.groupsWithFindings += 1;
    for (const { finding } of findings) {
      this.found[finding.severity] += 1;
      this.byControl.set(finding.control, (this.byControl.get(finding.control) ?? 0) + 1);
    }
  }
}

const WHOLE_VPC = 'every group of the VPC, its default group too';

/** The data that an input needs for a fact. */
const FACT_SOURCES = {
  attachments: 'NetworkInterfaces',
  reachability: 'NetworkInterfaces and RouteTables',
  vpcCidrs: 'Vpcs',
  peers: WHOLE_VPC,
  referencedBy: WHOLE_VPC,
  twins: WHOLE_VPC,
  neighbours: 'NetworkInterfaces, of groups that share none; the live account otherwise',
  episodes: 'the ledger of a cell',
  change: 'an event',
} as const satisfies Readonly<Record<Need, string>>;

/** `unused-group (NetworkInterfaces)`; with the number of groups if only some lack the fact. */
function missingFactsOf({ id, needs }: AnyControl, { missingFacts, groups }: ScanTally): readonly string[] {
  const missing = Array.from(missingFacts).filter(([need]) => needs[need] && !(need in (ASSUMED[id] ?? {})));
  if (missing.length === 0) return [];
  const count = Math.max(...missing.map(([, lack]) => lack));
  const where = count === groups ? '' : ` in ${count} of ${counted(groups, 'group')}`;
  return [`${id}${where} (${[...new Set(missing.map(([need]) => FACT_SOURCES[need]))].join('; ')})`];
}

function notRunNotes(tally: ScanTally, policy: Policy): readonly string[] {
  const lacks = enabledControls(policy, 'sweep').flatMap((control) => missingFactsOf(control, tally));
  return lacks.length === 0 ? [] : [`not judged, because the input lacks the data: ${lacks.join(', ')}.`];
}

/** Whether a control that meets the condition has findings. */
function hasFindings({ byControl }: ScanTally, isOne: (control: AnyControl) => boolean): boolean {
  return CONTROLS.some((control) => isOne(control) && byControl.has(control.id));
}

function assumes(need: Need) {
  return ({ id }: AnyControl): boolean => need in (ASSUMED[id] ?? {});
}

/** What the input does not state, if it affects the result. */
export function scanNotes(tally: ScanTally, policy: Policy): readonly string[] {
  const { unnamedGroups, missingFacts } = tally;
  const isUseUnknown = missingFacts.has('attachments') && hasFindings(tally, assumes('attachments'));
  const withoutBlocks = missingFacts.has('vpcCidrs')
    ? enabledControls(policy, 'sweep').filter(assumes('vpcCidrs'))
    : [];
  return [
    ...(unnamedGroups === 0
      ? []
      : [
          `${counted(unnamedGroups, 'group')} without a name in the input (DescribeSecurityGroupRules has none): default groups and groups of AWS services cannot be recognised.`,
        ]),
    ...(isUseUnknown
      ? [
          'the input does not state which groups are in use (NetworkInterfaces): a default group in use leads to an alert only, and keeps its rules.',
        ]
      : []),
    ...withoutBlocks.map(
      ({ id }) =>
        `${id} compared sources with private ranges only, because the input lacks the CIDR blocks of some VPCs (Vpcs).`,
    ),
    ...(hasFindings(tally, ({ needs }) => needs.referencedBy === true)
      ? [
          'launch templates, functions and peered VPCs also reference groups: these references are known only if the input has LaunchTemplateVersions, Functions and SecurityGroupReferenceSet.',
        ]
      : []),
    ...notRunNotes(tally, policy),
  ];
}

/** The time, the policy and the exemptions of a scan. */
export interface ScanBasis {
  /** When the scan began, milliseconds since the epoch. */
  readonly now: number;
  readonly loaded: LoadedPolicy;
  readonly exemptions: ScanExemptions;
}

function exemptionRecord({ exemption, findings, groups }: AppliedExemption): ExemptionRecord {
  const { id, by, owner, reason, ticket, until } = exemption;
  return {
    id,
    from: by.through === 'policy' ? 'policy' : 'ledger',
    owner,
    reason,
    ...(ticket !== undefined && { ticket }),
    until: isoTime(until),
    findings,
    groups,
  };
}

function whyNotInForce({ id, at, until }: Exemption, now: number): string {
  return `${id} (${now < at ? `begins ${isoTime(at)}` : `ended ${isoTime(until)}`})`;
}

/** Notes about exemptions of the policy that have ended or have not begun. */
export function notInForceNotes({ now, exemptions: { notInForce } }: ScanBasis): readonly string[] {
  return notInForce.length === 0
    ? []
    : [
        `exemptions of the policy that are not in force: ${notInForce.map((one) => whyNotInForce(one, now)).join(', ')}.`,
      ];
}

/** The time, the tool, the policy and the exemptions of a scan, for the report. */
export function scanRecord(
  { now, loaded: { policy, from }, exemptions: { ledger } }: ScanBasis,
  applied: readonly AppliedExemption[],
  notes: readonly string[],
): ScanRecord {
  return {
    time: isoTime(now),
    tool: { name: 'portcullis', version: VERSION },
    policy: { preset: policy.preset, from },
    exemptions: {
      read: ledger === undefined ? ['policy'] : ['policy', 'ledger'],
      applied: applied.map(exemptionRecord),
    },
    notes,
  };
}
