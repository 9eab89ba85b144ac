import { setImmediate } from 'node:timers/promises';
import { chunks } from '../../../shared/adapters/aws/call.ts';
import { PERMISSIONS } from '../../../shared/adapters/aws/permissions.ts';
import { InputInvalid } from '../../../shared/domain/errors.ts';
import type { GroupIdentity } from '../../../shared/domain/group.ts';
import { evaluatorOf } from '../../../shared/remediation/decide/enabled-controls.ts';
import type { GroupFinding, GroupLocation } from '../../../shared/reports/report.ts';
import { reportJsonParts } from '../../../shared/reports/report-json.ts';
import { type Totals, WorstGroups } from '../../../shared/reports/review.ts';
import { reviewText } from '../../../shared/reports/review-text.ts';
import { FUNCTION_NAME } from '../../cell.ts';
import { type Arguments, type Command, reportErrors } from '../../command.ts';
import type { WantedFacts } from '../../input/account-index.ts';
import { MOST_WHOLE } from '../../input/json-lines.ts';
import { loadPolicy, POLICY_OPTION, policyLine } from '../../input/policy-file.ts';
import { formatOf } from '../../output/format.ts';
import { paintFor } from '../../output/text.ts';
import type { Terminal } from '../../terminal.ts';
import { FindingSpool } from './finding-spool.ts';
import {
  type AppliedExemption,
  ExemptingJudge,
  type JudgeGroup,
  judgeGroup,
  judgeKnown,
  readExemptions,
} from './judge.ts';
import { accountSource, fileSource, type ScanSource, wantedBy } from './sources.ts';
import { notInForceNotes, type ScanBasis, ScanTally, scanLines, scanNotes, scanRecord } from './summary.ts';

/** Groups that people are shown; nobody reads on. */
const MOST_GROUPS = 1000;

/** What is scanned, and what it is judged by. */
interface Scan extends ScanBasis {
  readonly source: ScanSource;
  readonly wanted: WantedFacts;
}

/** What a scan comes to, apart from the findings. */
interface Scanned {
  readonly totals: ScanTally;
  readonly applied: readonly AppliedExemption[];
  readonly notes: readonly string[];
}

/** Judges every group, lets go of it, and hands on what was found in it. */
async function judgeAll(scan: Scan, hand: (judged: readonly GroupFinding[]) => void): Promise<Scanned> {
  const { source, wanted, loaded, exemptions } = scan;
  const { policy } = loaded;
  const isFromFiles = source.from === 'files';
  const evaluator = evaluatorOf(policy);
  const judgeOne: JudgeGroup = isFromFiles
    ? judgeKnown(policy)
    : (sighting, exempt) => judgeGroup(sighting, evaluator, exempt);
  const exempting = new ExemptingJudge(judgeOne, exemptions.inForce);
  const totals = new ScanTally(source.from, wanted.needs);
  totals.addErrors(exemptions.errors);
  for await (const { sightings, errors, confirmsNoGroups: isAnswered } of source.batches) {
    totals.addErrors(errors, isAnswered);
    for (const sighting of sightings) {
      const judged = exempting.judge(sighting);
      totals.addGroup(sighting, judged);
      hand(judged);
    }
  }
  const notes = [...(isFromFiles ? scanNotes(totals, policy) : []), ...notInForceNotes(scan)];
  return { totals, applied: exempting.applied, notes };
}

function placeIn({ region }: ScanSource) {
  return ({ ownerId }: GroupIdentity): GroupLocation => ({ region, account: ownerId ?? null });
}

async function asText(scan: Scan, terminal: Terminal): Promise<Totals> {
  const worst = new WorstGroups(MOST_GROUPS);
  const { totals, applied, notes } = await judgeAll(scan, (judged) => worst.add(judged));
  const { byControl } = totals;
  const review = { shown: worst.groups, byControl, totals, placeOf: placeIn(scan.source), notes };
  const basis = [policyLine(scan.loaded), ...scanLines(scan, applied)].map((line) => `${line}\n`);
  terminal.out(`${reviewText(review, paintFor(terminal))}${basis.join('')}`);
  return totals;
}

async function asJson(scan: Scan, terminal: Terminal): Promise<Totals> {
  const findings = new FindingSpool(placeIn(scan.source));
  try {
    const { totals, applied, notes } = await judgeAll(scan, (judged) => findings.add(judged));
    const { groups, rules, errors } = totals;
    const rest = { groups, rules, errors, scan: scanRecord(scan, applied, notes) };
    for await (const part of reportJsonParts(findings.inOrder(), rest)) {
      terminal.out(part);
      // Lets the stream write it: without a turn of the event loop the whole report would pile up.
      await setImmediate();
    }
    return totals;
  } finally {
    findings.close();
  }
}

/** What only one of the two kinds of scan understands. */
function checkOptions(args: Arguments): void {
  const isLive = args.positionals.length === 0;
  const stray = (isLive ? ['prefix-lists'] : ['profile', 'cell', 'function']).find(
    (name) => args.value(name) !== undefined,
  );
  if (stray !== undefined)
    throw new InputInvalid(
      `--${stray} is for ${isLive ? 'files: name the FILE with the groups, too' : 'the live account, without FILE'}`,
    );
  if (args.value('function') !== undefined && args.value('cell') === undefined)
    throw new InputInvalid('--function names the function of a cell: give --cell REGION, too');
}

/** Names with commas, four to a line. */
function wrapped(names: readonly string[]): string {
  return chunks(names, 4)
    .map((line) => line.join(', '))
    .join(',\n');
}

async function run(args: Arguments, terminal: Terminal) {
  const format = formatOf(args);
  checkOptions(args);
  const loaded = await loadPolicy(args);
  const files = args.positionals;
  const wanted = wantedBy(loaded.policy);
  const isLive = files.length === 0;
  const source = isLive ? await accountSource(args, wanted.needs, terminal) : fileSource(files, args, wanted, terminal);
  const basis = { now: terminal.clock.now(), loaded, exemptions: await readExemptions(args, loaded.policy, terminal) };
  const totals = await (format === 'json' ? asJson : asText)({ source, wanted, ...basis }, terminal);
  return reportErrors(totals, terminal);
}

/** `portcullis scan` */
export const scan: Command = {
  name: 'scan',
  takes: '[FILE…|-]',
  most: Number.POSITIVE_INFINITY,
  summary: 'Judge every security group, in files or in the live account; nothing is changed',
  options: {
    policy: POLICY_OPTION,
    'prefix-lists': { value: 'FILE', help: 'entries of the prefix lists that rules name (with FILE)' },
    region: { value: 'REGION', help: 'the region to read; with FILE, the region that the report names' },
    profile: { value: 'NAME', help: "a profile of the AWS CLI's configuration (without FILE)" },
    cell: {
      value: 'REGION',
      help: 'apply the exemptions in the ledger of the cell with this home region, too (without FILE)',
    },
    function: { value: 'NAME', help: `the function of that cell that lists them (default ${FUNCTION_NAME})` },
  },
  details: `FILE is the whole output of:
  aws ec2 describe-security-groups            groups with their rules
  aws ec2 describe-security-group-rules       rules with their ids, beside the groups
or the SDK's answers: one answer, an array of answers or of groups, JSON lines. Several files are read as one account; - is standard
input. JSON lines (a group or a page of them on each line, also on standard input) are read one by one, so that an account of any size
fits in memory, where no two lines describe the same group. Everything else is read as a whole: ${MOST_WHOLE / 1e6} MB at most.
The text shows the ${MOST_GROUPS} groups with the worst findings and counts the rest; the JSON has every finding, the worst first.

Without FILE the live account is read with the credentials that the AWS CLI would use. It needs
${wrapped([...PERMISSIONS['groups.fetchSnapshot'], ...PERMISSIONS['functions.list']].flatMap(({ actions }) => actions))}.
A call that fails is repeated. What still cannot be read is listed, and the rest is judged. HTTPS_PROXY, HTTP_PROXY, NO_PROXY and
AWS_CA_BUNDLE are honoured.

A file may also be, or hold, what groups do not tell of themselves:
  aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-1 > pl-1.json    entries of a list, which is told by the file's name
  "PrefixLists": [{"PrefixListId": "pl-…", "Entries": [{"Cidr": "…"}]}]     the same of several lists
  aws ec2 describe-network-interfaces        what groups are attached to
  aws ec2 describe-route-tables              where the internet gets to, for the severity
  aws ec2 describe-vpcs                      their CIDR blocks
  aws ec2 describe-launch-template-versions  which groups new instances get
  aws lambda list-functions                  which groups functions have, also while they have no interface
  aws ec2 describe-security-group-references which groups are named from beyond a peering connection or a transit gateway
A prefix list without entries is an error: the world may stand in it. A control that needs another of these does not run without it,
and neither does one that compares the groups of a VPC where its default group is missing: then some groups were picked out. A note says
which.

Exemptions of the policy that are in force are applied; so are those in a cell's ledger if --cell names its home region, which takes
lambda:InvokeFunction. The output says which exemption left out how much.

Exit code 2 means that nothing or only a part was judged, and the output says what is missing. A live account that has no security
group ends with 0. Every violation found here counts as existing. The JSON has one stable form: shared/reports/findings.schema.json.`,
  run,
};
