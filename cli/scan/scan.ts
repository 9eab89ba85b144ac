import { chunks } from '../../shared/aws/paging.ts';
import { PERMISSIONS } from '../../shared/aws/permissions.ts';
import { InputInvalid } from '../../shared/model/errors.ts';
import type { Need } from '../../shared/model/facts.ts';
import type { GroupIdentity } from '../../shared/model/group.ts';
import type { Policy } from '../../shared/model/policy.ts';
import type { Sighting } from '../../shared/model/ports.ts';
import { neededFacts } from '../../shared/pipeline/enabled.ts';
import { reportJson } from '../../shared/reports/report-json.ts';
import { type Review, reportOf } from '../../shared/reports/review.ts';
import { reviewText } from '../../shared/reports/review-text.ts';
import type { Arguments, Command } from '../command.ts';
import { finish } from '../finish.ts';
import { FORMAT_OPTION, formatOf } from '../format-option.ts';
import { judge } from '../judge.ts';
import { paintFor } from '../paint.ts';
import { loadPolicy, POLICY_OPTION, policyLine } from '../policy-file.ts';
import type { Terminal } from '../terminal.ts';
import { judgeKnown } from './judge-known.ts';
import { notesOn } from './notes.ts';
import { accountSource, fileSource, type Source } from './sources.ts';
import { Tally } from './tally.ts';

const reviewOf = async ({ from, parts, region }: Source, policy: Policy, needs: ReadonlySet<Need>): Promise<Review> => {
  const judgeOne = from === 'files' ? judgeKnown(policy) : (sighting: Sighting) => judge(sighting, policy);
  const tally = new Tally(from, needs, judgeOne);
  for await (const part of parts) tally.take(part);
  const { judged, groups, rules, errors } = tally;
  const placeOf = ({ ownerId }: GroupIdentity) => ({ region, account: ownerId ?? null });
  const notes = from === 'files' ? notesOn(tally, policy) : [];
  return { judged, placeOf, groups, rules, errors, notes };
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
  const needs = neededFacts(loaded.policy, 'sweep');
  const isLive = files.length === 0;
  const source = isLive ? await accountSource(args, needs) : fileSource(files, args, needs, terminal);
  const review = await reviewOf(source, loaded.policy, needs);
  const text = () => `${reviewText(review, paintFor(terminal))}${policyLine(loaded)}\n`;
  terminal.out(format === 'json' ? reportJson(reportOf(review)) : text());
  return finish(review, terminal);
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
JSON lines of a FILE are read one by one, so that an account of any size fits, where no two lines describe the same group.
Without FILE the live account is read through the AWS SDK's default chain of credentials. It needs
${wrapped(PERMISSIONS['groups.look'].flatMap(({ actions }) => actions))}.

A file may also hold what groups do not tell of themselves, as EC2's describe calls give it:
  "PrefixLists": [{"PrefixListId": "pl-…", "Entries": [{"Cidr": "…"}]}]     entries of prefix lists
  "NetworkInterfaces": […]           what groups are attached to
  "RouteTables": […]                 where the internet gets to, for the severity
  "Vpcs": […]                        their CIDR blocks
  "LaunchTemplateVersions": […]      which groups new instances get
A prefix list without entries is an error: the world may stand in it. A control that needs another of these does not run without it,
and neither does one that compares the groups of a VPC where its default group is missing: then some groups were picked out. A note says
which.

Every violation found here counts as existing. The JSON has one stable form: shared/reports/findings.schema.json.`,
  run,
};
