import { setImmediate } from 'node:timers/promises';
import { chunks } from '../../../shared/adapters/aws/call.ts';
import { PERMISSIONS } from '../../../shared/adapters/aws/permissions.ts';
import { InputInvalid } from '../../../shared/domain/errors.ts';
import type { GroupIdentity } from '../../../shared/domain/group.ts';
import { evaluatorOf } from '../../../shared/remediation/decide/enabled-controls.ts';
import type { ScanWriter } from '../../../shared/reports/formats.ts';
import type { GroupFinding, KnownLocation } from '../../../shared/reports/report.ts';
import { type ScanSummary, WorstGroups } from '../../../shared/reports/review.ts';
import { MOST_GROUPS } from '../../../shared/reports/scan-text.ts';
import { FUNCTION_NAME } from '../../cell.ts';
import { type Arguments, type Command, reportErrors } from '../../command.ts';
import type { WantedFacts } from '../../input/account-index.ts';
import { MOST_WHOLE } from '../../input/json-lines.ts';
import { loadPolicy, POLICY_OPTION } from '../../input/policy-file.ts';
import { formatFrom } from '../../output/format.ts';
import { paintFor } from '../../output/text.ts';
import type { Terminal } from '../../terminal.ts';
import { FindingSpool } from './finding-spool.ts';
import { ExemptingJudge, fileGroupJudge, type JudgeGroup, judgeGroup, readExemptions } from './judge.ts';
import { accountSource, fileSource, type ScanSource, wantedBy } from './sources.ts';
import { notInForceNotes, type ScanBasis, ScanTally, scanNotes, scanRecord } from './summary.ts';

/** What is scanned, and the policy and exemptions that it is judged by. */
interface Scan extends ScanBasis {
  readonly source: ScanSource;
  readonly wanted: WantedFacts;
}

/** Judges every group and hands its findings to `add`. Keeps no group in memory. */
async function judgeAll(scan: Scan, add: (findings: readonly GroupFinding[]) => void): Promise<ScanSummary> {
  const { source, wanted, loaded, exemptions } = scan;
  const { policy } = loaded;
  const isFromFiles = source.from === 'files';
  const evaluator = evaluatorOf(policy);
  const judgeOne: JudgeGroup = isFromFiles
    ? fileGroupJudge(policy)
    : (snapshot, exempt) => judgeGroup(snapshot, evaluator, exempt);
  const judge = new ExemptingJudge(judgeOne, exemptions.inForce);
  const tally = new ScanTally(source.from, wanted.needs);
  tally.addErrors(exemptions.errors);
  for await (const { groups, errors, confirmsNoGroups } of source.batches) {
    tally.addErrors(errors, confirmsNoGroups);
    for (const snapshot of groups) {
      const findings = judge.judge(snapshot);
      tally.addGroup(snapshot, findings);
      add(findings);
    }
  }
  const notes = [...(isFromFiles ? scanNotes(tally, policy) : []), ...notInForceNotes(scan)];
  return { ...tally.totals(), scan: scanRecord(scan, judge.applied, notes), ledgerRegion: exemptions.ledger };
}

function locationIn({ region }: ScanSource) {
  return ({ ownerId }: GroupIdentity): KnownLocation => ({ region, account: ownerId ?? null });
}

async function printScan(scan: Scan, writer: ScanWriter, terminal: Terminal): Promise<ScanSummary> {
  const locationOf = locationIn(scan.source);
  if (writer.takes === 'worst-groups') {
    const worst = new WorstGroups(writer.most);
    const summary = await judgeAll(scan, (findings) => worst.add(findings));
    terminal.out(writer.write(worst.groups, summary, { locationOf, paint: paintFor(terminal) }));
    return summary;
  }
  const spool = new FindingSpool(locationOf);
  try {
    const summary = await judgeAll(scan, (findings) => spool.add(findings));
    for await (const part of writer.write(spool.inOrder(), summary)) {
      terminal.out(part);
      // Without a turn of the event loop the stream could not write, and the whole report would pile up in
      // memory.
      await setImmediate();
    }
    return summary;
  } finally {
    spool.close();
  }
}

/** Refuses options that belong to the other kind of scan, of files or of the live account. */
function checkOptions(args: Arguments): void {
  const isLive = args.positionals.length === 0;
  const unexpected = (isLive ? ['prefix-lists'] : ['profile', 'cell', 'function']).find(
    (name) => args.value(name) !== undefined,
  );
  if (unexpected !== undefined)
    throw new InputInvalid(
      `--${unexpected} is for ${isLive ? 'files: name the FILE with the groups, too' : 'the live account, without FILE'}`,
    );
  if (args.value('function') !== undefined && args.value('cell') === undefined)
    throw new InputInvalid('--function names the function of a cell: give --cell REGION, too');
}

/** Names separated by commas, four on a line. */
function wrapped(names: readonly string[]): string {
  return chunks(names, 4)
    .map((line) => line.join(', '))
    .join(',\n');
}

async function run(args: Arguments, terminal: Terminal) {
  const { write } = formatFrom(args, 'scan');
  checkOptions(args);
  const loaded = await loadPolicy(args);
  const files = args.positionals;
  const wanted = wantedBy(loaded.policy);
  const isLive = files.length === 0;
  const source = isLive ? await accountSource(args, wanted.needs, terminal) : fileSource(files, args, wanted, terminal);
  const basis = { now: terminal.clock.now(), loaded, exemptions: await readExemptions(args, loaded.policy, terminal) };
  return reportErrors(await printScan({ source, wanted, ...basis }, write, terminal), terminal);
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
  exitCodes: 'judging',
  prints: 'scan',
  run,
};
