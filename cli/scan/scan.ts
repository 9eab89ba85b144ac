import { setImmediate } from 'node:timers/promises';
import { chunks } from '../../shared/adapters/aws/paging.ts';
import { PERMISSIONS } from '../../shared/adapters/aws/permissions.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { GroupIdentity } from '../../shared/domain/group.ts';
import { evaluatorOf } from '../../shared/remediation/decide/enabled.ts';
import type { Judged, Place } from '../../shared/reports/records.ts';
import { reportJsonParts } from '../../shared/reports/report-json.ts';
import { reviewText } from '../../shared/reports/review-text.ts';
import type { Totals } from '../../shared/reports/totals.ts';
import { WorstGroups } from '../../shared/reports/worst-groups.ts';
import { FUNCTION_NAME } from '../cell/options.ts';
import type { Arguments, Command } from '../command.ts';
import { finish } from '../finish.ts';
import { formatOf } from '../format-option.ts';
import { judge } from '../judge.ts';
import type { Wanted } from '../offline/account-index.ts';
import { paintFor } from '../paint.ts';
import { loadPolicy, POLICY_OPTION, policyLine } from '../policy-file.ts';
import type { Terminal } from '../terminal.ts';
import { notInForceNotes, type ScanBasis, scanLines, scanRecord } from './about-scan.ts';
import { type AppliedExemption, Exempting, type JudgeGroup } from './exempting.ts';
import { readExemptions } from './exemptions.ts';
import { FindingSpool } from './finding-spool.ts';
import { MOST_WHOLE } from './json-lines.ts';
import { judgeKnown } from './judge-known.ts';
import { notesOn } from './notes.ts';
import { accountSource, fileSource, type Source } from './sources.ts';
import { Tally } from './tally.ts';
import { wantedBy } from './wanted.ts';

/** Groups that people are shown; nobody reads on. */
const MOST_GROUPS = 1000;

/** What is scanned, and what it is judged by. */
interface Scan extends ScanBasis {
  readonly source: Source;
  readonly wanted: Wanted;
}

/** What a scan comes to, apart from the findings. */
interface Scanned {
  readonly totals: Tally;
  readonly applied: readonly AppliedExemption[];
  readonly notes: readonly string[];
}

/** Judges every group, lets go of it, and hands on what was found in it. */
const judgeAll = async (scan: Scan, hand: (judged: readonly Judged[]) => void): Promise<Scanned> => {
  const { source, wanted, loaded, exemptions } = scan;
  const { policy } = loaded;
  const isFromFiles = source.from === 'files';
  const evaluator = evaluatorOf(policy);
  const judgeGroup: JudgeGroup = isFromFiles
    ? judgeKnown(policy)
    : (sighting, exempt) => judge(sighting, evaluator, exempt);
  const exempting = new Exempting(judgeGroup, exemptions.inForce);
  const totals = new Tally(source.from, wanted.needs);
  totals.miss(exemptions.errors);
  for await (const { sightings, errors, isAnswered } of source.parts) {
    totals.miss(errors, isAnswered);
    for (const sighting of sightings) {
      const judged = exempting.judge(sighting);
      totals.take(sighting, judged);
      hand(judged);
    }
  }
  const notes = [...(isFromFiles ? notesOn(totals, policy) : []), ...notInForceNotes(scan)];
  return { totals, applied: exempting.applied, notes };
};

const placeIn =
  ({ region }: Source) =>
  ({ ownerId }: GroupIdentity): Place => ({ region, account: ownerId ?? null });

const asText = async (scan: Scan, terminal: Terminal): Promise<Totals> => {
  const worst = new WorstGroups(MOST_GROUPS);
  const { totals, applied, notes } = await judgeAll(scan, (judged) => worst.take(judged));
  const { byControl } = totals;
  const review = { shown: worst.groups, byControl, totals, placeOf: placeIn(scan.source), notes };
  const basis = [policyLine(scan.loaded), ...scanLines(scan, applied)].map((line) => `${line}\n`);
  terminal.out(`${reviewText(review, paintFor(terminal))}${basis.join('')}`);
  return totals;
};

const asJson = async (scan: Scan, terminal: Terminal): Promise<Totals> => {
  const findings = new FindingSpool(placeIn(scan.source));
  try {
    const { totals, applied, notes } = await judgeAll(scan, (judged) => findings.take(judged));
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
};

/** What only one of the two kinds of scan understands. */
const checkOptions = (args: Arguments): void => {
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
};

/** Names with commas, four to a line. */
const wrapped = (names: readonly string[]): string =>
  chunks(names, 4)
    .map((line) => line.join(', '))
    .join(',\n');

const run = async (args: Arguments, terminal: Terminal) => {
  const format = formatOf(args);
  checkOptions(args);
  const loaded = await loadPolicy(args);
  const files = args.positionals;
  const wanted = wantedBy(loaded.policy);
  const isLive = files.length === 0;
  const source = isLive ? await accountSource(args, wanted.needs, terminal) : fileSource(files, args, wanted, terminal);
  const basis = { now: terminal.clock.now(), loaded, exemptions: await readExemptions(args, loaded.policy, terminal) };
  const totals = await (format === 'json' ? asJson : asText)({ source, wanted, ...basis }, terminal);
  return finish(totals, terminal);
};

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
${wrapped([...PERMISSIONS['groups.look'], ...PERMISSIONS['functions.list']].flatMap(({ actions }) => actions))}.
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
