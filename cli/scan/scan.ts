import { setImmediate } from 'node:timers/promises';
import { chunks } from '../../shared/aws/paging.ts';
import { PERMISSIONS } from '../../shared/aws/permissions.ts';
import { InputInvalid } from '../../shared/model/errors.ts';
import type { GroupIdentity } from '../../shared/model/group.ts';
import type { Sighting } from '../../shared/model/ports.ts';
import type { Judged, Place } from '../../shared/reports/records.ts';
import { reportJsonParts } from '../../shared/reports/report-json.ts';
import { reviewText } from '../../shared/reports/review-text.ts';
import type { Totals } from '../../shared/reports/totals.ts';
import { WorstGroups } from '../../shared/reports/worst-groups.ts';
import type { Arguments, Command } from '../command.ts';
import { finish } from '../finish.ts';
import { FORMAT_OPTION, formatOf } from '../format-option.ts';
import { judge } from '../judge.ts';
import type { Wanted } from '../offline/account-index.ts';
import { paintFor } from '../paint.ts';
import { type LoadedPolicy, loadPolicy, POLICY_OPTION, policyLine } from '../policy-file.ts';
import type { Terminal } from '../terminal.ts';
import { FindingSpool } from './finding-spool.ts';
import { MOST_WHOLE } from './json-lines.ts';
import { judgeKnown } from './judge-known.ts';
import { notesOn } from './notes.ts';
import { accountSource, fileSource, type Source } from './sources.ts';
import { Tally } from './tally.ts';
import { wantedBy } from './wanted.ts';

/** Groups that people are shown; nobody reads on. */
const MOST_GROUPS = 1000;

/** Judges every group, lets go of it, and hands on what was found in it. */
const judgeAll = async (
  { from, parts }: Source,
  { policy }: LoadedPolicy,
  { needs }: Wanted,
  hand: (judged: readonly Judged[]) => void,
): Promise<Tally> => {
  const judgeOne = from === 'files' ? judgeKnown(policy) : (sighting: Sighting) => judge(sighting, policy);
  const tally = new Tally(from, needs);
  for await (const { sightings, errors } of parts) {
    tally.miss(errors);
    for (const sighting of sightings) {
      const judged = judgeOne(sighting);
      tally.take(sighting, judged);
      hand(judged);
    }
  }
  return tally;
};

const placeIn =
  ({ region }: Source) =>
  ({ ownerId }: GroupIdentity): Place => ({ region, account: ownerId ?? null });

const asText = async (source: Source, loaded: LoadedPolicy, wanted: Wanted, terminal: Terminal): Promise<Totals> => {
  const worst = new WorstGroups(MOST_GROUPS);
  const totals = await judgeAll(source, loaded, wanted, (judged) => worst.take(judged));
  const notes = source.from === 'files' ? notesOn(totals, loaded.policy) : [];
  const { byControl } = totals;
  const review = { shown: worst.groups, byControl, totals, placeOf: placeIn(source), notes };
  terminal.out(`${reviewText(review, paintFor(terminal))}${policyLine(loaded)}\n`);
  return totals;
};

const asJson = async (source: Source, loaded: LoadedPolicy, wanted: Wanted, terminal: Terminal): Promise<Totals> => {
  const findings = new FindingSpool(placeIn(source));
  try {
    const totals = await judgeAll(source, loaded, wanted, (judged) => findings.take(judged));
    const { groups, rules, errors } = totals;
    for await (const part of reportJsonParts(findings.inOrder(), { groups, rules, errors })) {
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
  const stray = (isLive ? ['prefix-lists'] : ['profile']).find((name) => args.value(name) !== undefined);
  if (stray === undefined) return;
  throw new InputInvalid(
    `--${stray} is for ${isLive ? 'files: name the FILE with the groups, too' : 'the live account, without FILE'}`,
  );
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
  const source = isLive ? await accountSource(args, wanted.needs) : fileSource(files, args, wanted, terminal);
  const totals = await (format === 'json' ? asJson : asText)(source, loaded, wanted, terminal);
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
    format: FORMAT_OPTION,
    'prefix-lists': { value: 'FILE', help: 'entries of the prefix lists that rules name (with FILE)' },
    region: { value: 'REGION', help: 'the region to read; with FILE, the region that the report names' },
    profile: { value: 'NAME', help: "a profile of the AWS CLI's configuration (without FILE)" },
  },
  details: `FILE is what DescribeSecurityGroups or DescribeSecurityGroupRules gives (AWS CLI or SDK): a response, an array of responses
or of groups, JSON lines, one call or both. Several files are read as one account; - is standard input.
JSON lines (a group or a page of them on each line, also on standard input) are read one by one, so that an account of any size fits
in memory, where no two lines describe the same group. Everything else is read as a whole: ${MOST_WHOLE / 1e6} MB at most.
The text shows the ${MOST_GROUPS} groups with the worst findings and counts the rest; the JSON has every finding, the worst first.
Without FILE the live account is read through the AWS SDK's default chain of credentials. It needs
${wrapped([...PERMISSIONS['groups.look'], ...PERMISSIONS['functions.list']].flatMap(({ actions }) => actions))}.

A file may also hold what groups do not tell of themselves, as EC2's describe calls (Functions: aws lambda list-functions) give it:
  "PrefixLists": [{"PrefixListId": "pl-…", "Entries": [{"Cidr": "…"}]}]     entries of prefix lists
  "NetworkInterfaces": […]           what groups are attached to
  "RouteTables": […]                 where the internet gets to, for the severity
  "Vpcs": […]                        their CIDR blocks
  "LaunchTemplateVersions": […]      which groups new instances get
  "Functions": […]                   which groups functions have, also while they have no interface
  "SecurityGroupReferenceSet": […]   which groups are named from beyond a peering connection or a transit gateway
A prefix list without entries is an error: the world may stand in it. A control that needs another of these does not run without it,
and neither does one that compares the groups of a VPC where its default group is missing: then some groups were picked out. A note says
which.

Every violation found here counts as existing. The JSON has one stable form: shared/reports/findings.schema.json.`,
  run,
};
