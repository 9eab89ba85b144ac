import { InputInvalid } from '../../shared/model/errors.ts';
import { reportJson } from '../../shared/reports/report-json.ts';
import { type Review, reportOf } from '../../shared/reports/review.ts';
import { reviewText } from '../../shared/reports/review-text.ts';
import { type Arguments, type Command } from '../command.ts';
import { finish } from '../finish.ts';
import { FORMAT_OPTION, formatOf } from '../format-option.ts';
import { judge } from '../judge.ts';
import { paintFor } from '../paint.ts';
import { type LoadedPolicy, loadPolicy, POLICY_OPTION, policyLine } from '../policy-file.ts';
import type { Terminal } from '../terminal.ts';
import { notesOn } from './notes.ts';
import { type Scanned, scanAccount, scanFiles } from './sources.ts';

const reviewOf = (scanned: Scanned, { policy }: LoadedPolicy): Review => {
  const { sightings, errors, region } = scanned;
  const judged = sightings.flatMap((sighting) => judge(sighting, policy));
  return {
    judged,
    placeOf: ({ ownerId }) => ({ region, account: ownerId ?? null }),
    groups: sightings.length,
    rules: sightings.reduce((sum, { group }) => sum + group.rules.length, 0),
    errors,
    notes: notesOn(scanned, judged),
  };
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

const run = async (args: Arguments, terminal: Terminal) => {
  const format = formatOf(args);
  checkOptions(args);
  const loaded = await loadPolicy(args);
  const files = args.positionals;
  const scanned = files.length === 0 ? await scanAccount(args, loaded.policy) : await scanFiles(files, args, terminal);
  const review = reviewOf(scanned, loaded);
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
Without FILE the live account is read through the AWS SDK's default chain of credentials. It needs
ec2:DescribeSecurityGroups, ec2:DescribeSecurityGroupRules, ec2:DescribeNetworkInterfaces, ec2:GetManagedPrefixListEntries.

A file may also hold what groups do not tell of themselves:
  "PrefixLists": [{"PrefixListId": "pl-…", "Entries": [{"Cidr": "…"}]}]     entries of prefix lists
  "NetworkInterfaces": […]                                                  as DescribeNetworkInterfaces gives them
A prefix list without entries is an error: the world may stand in it.

Every violation found here counts as existing. The JSON has one stable form: shared/reports/findings.schema.json.`,
  run,
};
