import { CONTROLS } from '../../../shared/controls/registry.ts';
import type { AnyControl, Need } from '../../../shared/domain/control.ts';
import type { GroupSnapshot } from '../../../shared/domain/ec2.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { WHOLE_OUTPUT } from '../../../shared/events/describe/descriptions.ts';
import { sanitize } from '../../../shared/network/format.ts';
import { enabledControls } from '../../../shared/remediation/decide/enabled-controls.ts';
import type { ExemptionRecord, GroupFinding, ScanRecord } from '../../../shared/reports/report.ts';
import { countSeverities } from '../../../shared/reports/review.ts';
import { counted, isoTime } from '../../../shared/reports/text.ts';
import { VERSION } from '../../help.ts';
import type { LoadedPolicy } from '../../input/policy-file.ts';
import { countUnknownLists, type UnknownLists, unknownListErrors } from '../../input/supplements.ts';
import { type AppliedExemption, ASSUMED, type ScanExemptions } from './judge.ts';
import type { ScanSource } from './sources.ts';

/** A file of that name beside the groups holds the entries. */
function entriesCommand(id: string): string {
  return `save them and scan that file, too: aws ec2 get-managed-prefix-list-entries --prefix-list-id ${id} > ${id}.json`;
}

const NO_GROUPS = `no security group in the input, so nothing was judged: ${WHOLE_OUTPUT}`;

/** What a scan counts of the groups as they go by. Their findings are handed on: an account may have any number. */
export class ScanTally {
  readonly found = countSeverities([]);
  /** Number of findings by control. */
  readonly byControl = new Map<string, number>();
  groupsWithFindings = 0;
  groups = 0;
  rules = 0;
  /** Groups whose name the input does not tell. */
  unnamedGroups = 0;
  /** Groups of which a fact is not known. */
  readonly missingFacts = new Map<Need, number>();
  readonly #errors: string[] = [];
  readonly #lists: UnknownLists = new Map();
  readonly #needs: ReadonlySet<Need>;
  readonly #from: ScanSource['from'];
  #isAnswered = false;

  constructor(from: ScanSource['from'], needs: ReadonlySet<Need>) {
    this.#from = from;
    this.#needs = needs;
  }

  /** What could not be judged: what could not be read, then the prefix lists that inbound rules name and files do not tell. */
  get errors(): readonly string[] {
    const isSilent = this.groups === 0 && this.#errors.length === 0 && !this.#isAnswered;
    return [...this.#errors, ...unknownListErrors(this.#lists, entriesCommand), ...(isSilent ? [NO_GROUPS] : [])];
  }

  /** Takes in what could not be read, and whether EC2 answered that there is no group. */
  addErrors(errors: readonly string[], isAnswered = false): void {
    for (const error of errors) this.#errors.push(error);
    this.#isAnswered ||= isAnswered;
  }

  /** Takes in a group and what was found in it. */
  addGroup({ group, facts }: GroupSnapshot, judged: readonly GroupFinding[]): void {
    this.groups += 1;
    this.rules += group.rules.length;
    if (group.name === '') this.unnamedGroups += 1;
    for (const need of this.#needs)
      if (!(need in facts)) this.missingFacts.set(need, (this.missingFacts.get(need) ?? 0) + 1);
    if (this.#from === 'files') countUnknownLists(group, this.#lists);
    if (judged.length > 0) this.groupsWithFindings += 1;
    for (const { finding } of judged) {
      this.found[finding.severity] += 1;
      this.byControl.set(finding.control, (this.byControl.get(finding.control) ?? 0) + 1);
    }
  }
}

const WHOLE_VPC = 'every group of the VPC, its default group too';

/** What an input has to hold for a fact to be known. */
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

/** `unused-group (NetworkInterfaces)`; with the number of groups where it ran on some. */
function missingFactsOf({ id, needs }: AnyControl, { missingFacts: lacking, groups }: ScanTally): readonly string[] {
  const missing = Array.from(lacking).filter(([need]) => needs[need] && !(need in (ASSUMED[id] ?? {})));
  if (missing.length === 0) return [];
  const count = Math.max(...missing.map(([, lack]) => lack));
  const where = count === groups ? '' : ` in ${count} of ${counted(groups, 'group')}`;
  return [`${id}${where} (${[...new Set(missing.map(([need]) => FACT_SOURCES[need]))].join('; ')})`];
}

function notRunNotes(tally: ScanTally, policy: Policy): readonly string[] {
  const lacks = enabledControls(policy, 'sweep').flatMap((control) => missingFactsOf(control, tally));
  return lacks.length === 0 ? [] : [`not judged, as the input does not tell what it takes: ${lacks.join(', ')}.`];
}

/** Whether a control has findings of this kind. */
function hasFindings({ byControl }: ScanTally, isOne: (control: AnyControl) => boolean): boolean {
  return CONTROLS.some((control) => isOne(control) && byControl.has(control.id));
}

function assumes(need: Need) {
  return ({ id }: AnyControl): boolean => need in (ASSUMED[id] ?? {});
}

/** What files cannot tell, where it bears on the verdicts. */
export function scanNotes(tally: ScanTally, policy: Policy): readonly string[] {
  const { unnamedGroups: nameless, missingFacts: lacking } = tally;
  const isUseUnknown = lacking.has('attachments') && hasFindings(tally, assumes('attachments'));
  const withoutBlocks = lacking.has('vpcCidrs') ? enabledControls(policy, 'sweep').filter(assumes('vpcCidrs')) : [];
  return [
    ...(nameless === 0
      ? []
      : [
          `${counted(nameless, 'group')} without a name in the input (DescribeSecurityGroupRules has none): default groups and groups of AWS services cannot be told.`,
        ]),
    ...(isUseUnknown
      ? [
          'the input does not say which groups are in use (NetworkInterfaces): a default group in use is alerted on, never stripped.',
        ]
      : []),
    ...withoutBlocks.map(
      ({ id }) => `${id} looked for private ranges alone: the input does not tell the CIDR blocks of every VPC (Vpcs).`,
    ),
    ...(hasFindings(tally, ({ needs }) => needs.referencedBy === true)
      ? [
          'launch templates name groups, too, and so do functions and peered VPCs: those are known only where the input has LaunchTemplateVersions, Functions and SecurityGroupReferenceSet.',
        ]
      : []),
    ...notRunNotes(tally, policy),
  ];
}

/** What a scan went by. */
export interface ScanBasis {
  /** When it began, milliseconds since the epoch. */
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

/** Exemptions of the policy that the scan passed over, because of the day. */
export function notInForceNotes({ now, exemptions: { notInForce } }: ScanBasis): readonly string[] {
  return notInForce.length === 0
    ? []
    : [
        `exemptions of the policy that are not in force: ${notInForce.map((one) => whyNotInForce(one, now)).join(', ')}.`,
      ];
}

/** What a scan went by, for the report. */
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

function appliedLine({ exemption, findings, groups }: AppliedExemption): string {
  const { id, owner, reason, until } = exemption;
  return sanitize(
    `Exempt: ${counted(findings, 'finding')} in ${counted(groups, 'group')} by ${id}, until ${isoTime(until)}, owner ${owner}: ${reason}`,
  );
}

/** What a scan went by, in lines for people. */
export function scanLines(
  { now, exemptions: { ledger } }: ScanBasis,
  applied: readonly AppliedExemption[],
): readonly string[] {
  return [
    ...applied.map(appliedLine),
    ledger === undefined
      ? 'Exemptions: those of the policy. Those in the ledger of a cell were not read (see --cell).'
      : `Exemptions: those of the policy and those in the ledger of the cell in ${ledger}.`,
    `Scanned ${isoTime(now)} with portcullis ${VERSION}.`,
  ];
}
