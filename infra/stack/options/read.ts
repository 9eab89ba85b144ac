import { partition } from '@aws-sdk/core/client';
import { FUNCTIONS, type FunctionId } from '../../../shared/catalogue.ts';
import { InputInvalid } from '../../../shared/domain/errors.ts';
import { didYouMean } from '../../../shared/policy/schema/issues.ts';
import { type ParseResult, reservedFunctions } from './parsers.ts';
import { OPTIONS, type OptionName, type StackOptions } from './registry.ts';

const NAMES = Object.keys(OPTIONS);

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/**
 * Whether the CDK itself uses the context entry: feature flags (`@aws-cdk/aws-iam:minimizePolicies`), entries
 * of its command line (`aws:cdk:enable-path-metadata`), cached lookups (`availability-zones:account=…`), and
 * two settings without a colon.
 */
function isCdkEntry(name: string): boolean {
  return name.includes(':') || name === 'cli-telemetry' || name === 'acknowledged-issue-numbers';
}

function parseOption(name: OptionName, given: unknown): ParseResult<unknown> {
  // In cdk.json, a boolean or a number may have no quotes.
  const text = typeof given === 'boolean' || typeof given === 'number' ? String(given) : given;
  if (typeof text !== 'string') return { problem: `expected text, found ${JSON.stringify(given)}` };
  if (text.trim() === '') return { problem: 'it is empty; leave the option out' };
  return OPTIONS[name].parse(text.trim());
}

/**
 * Reads the options of the stack from the CDK's context.
 *
 * @param context all context entries of the app.
 * @param credentialsRegion the region of the credentials. It becomes the home region if `regions` is given
 *   without `homeRegion`. Without both options the template has no region, and ARNs are checked against this
 *   region.
 * @throws InputInvalid with every problem on its own line: unknown names, invalid values, and options that
 *   contradict each other.
 */
export function readOptions(context: Readonly<Record<string, unknown>>, credentialsRegion?: string): StackOptions {
  const problems: string[] = [];
  const unread = new Set<string>();
  const values: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(context)) {
    if (isOption(name)) {
      const reading = parseOption(name, given);
      if ('value' in reading) values[name] = reading.value;
      else {
        problems.push(`${name}: ${reading.problem}`);
        unread.add(name);
      }
    } else if (!isCdkEntry(name)) problems.push(`${name}: not an option${didYouMean(name, NAMES)}`);
  }
  // All listed regions except the home region get a forwarder, so the home region has to be known.
  if (values['homeRegion'] === undefined && values['regions'] !== undefined && !Object.hasOwn(context, 'homeRegion')) {
    values['homeRegion'] = credentialsRegion;
  }
  const options: StackOptions = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  // A template without a region is deployed to the region of the credentials.
  const deployed: StackOptions =
    credentialsRegion === undefined ? options : { homeRegion: credentialsRegion, ...options };
  problems.push(...contradictions(deployed, unread));
  if (problems.length > 0) throw new InputInvalid(problems.map((problem) => `cdk context ${problem}`).join('\n'));
  return options;
}

/** Problems with a combination of options; empty if there are none. */
type Check = (options: StackOptions) => readonly string[];

/** A check with the options that it reads. */
interface CheckedOptions {
  readonly options: readonly OptionName[];
  readonly check: Check;
}

const needsConfigRules: Check = ({ config, configSchedule }) =>
  configSchedule === undefined || config === 'rules'
    ? []
    : ['configSchedule: it applies to AWS Config rules; add -c config=true'];

/** Only regions of one partition can send events to each other. */
const needsOnePartition: Check = ({ homeRegion, regions = [] }) => {
  if (homeRegion === undefined) return [];
  const home = partition(homeRegion).name;
  const others = regions.filter((name) => partition(name).name !== home);
  return others.length === 0
    ? []
    : [`regions: ${others.join(', ')}: not in the partition of the home region ${homeRegion} (${home})`];
};

/** All listed regions except the home region get a forwarder, so the home region has to be known. */
const needsHome: Check = ({ homeRegion, regions }) =>
  regions === undefined || homeRegion !== undefined
    ? []
    : ['regions: the home region is unknown; add -c homeRegion=REGION'];

/** The functions call Secrets Manager and EventBridge in their own region. */
const needsHomeRegion: Check = ({ homeRegion, alertsSecretArn, eventBusArn }) =>
  Object.entries({ alertsSecretArn, eventBusArn }).flatMap(([name, arn]) => {
    const region = arn?.split(':')[3];
    return homeRegion === undefined || region === undefined || region === homeRegion
      ? []
      : [`${name}: ${arn} is in ${region}; the home region of the cell is ${homeRegion}`];
  });

/** Without the secret the cell has no chat channels, so these options would have no effect. */
const needsSecret: Check = ({ alertsSecretArn, buttons, slackApi, pagerDutyApi }) =>
  alertsSecretArn !== undefined
    ? []
    : Object.entries({ buttons, slackApi, pagerDutyApi }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}: it applies to chat channels; add -c alertsSecretArn=ARN`],
      );

/** The option that adds a function to the cell; undefined if the cell has the function. */
function missingFor(id: FunctionId, { config, alertsSecretArn, buttons }: StackOptions): string | undefined {
  if (id === 'onConfig') return (config ?? false) === false ? 'config=true' : undefined;
  if (id !== 'onAlert' && id !== 'onAction') return undefined;
  if (alertsSecretArn === undefined) return 'alertsSecretArn=ARN';
  return id === 'onAction' && buttons === 'none' ? 'buttons=url' : undefined;
}

const needsFunctions: Check = (options) =>
  reservedFunctions(options.reservedConcurrency ?? {}).flatMap((id) => {
    const missing = missingFor(id, options);
    const { name } = FUNCTIONS[id];
    return missing === undefined ? [] : [`reservedConcurrency: the cell has no ${name}; add -c ${missing}`];
  });

/** IAM is global within a partition, and a role cannot use a policy of another partition. */
const needsOwnBoundary: Check = ({ homeRegion, permissionsBoundary }) => {
  if (homeRegion === undefined || permissionsBoundary === undefined) return [];
  const { name } = partition(homeRegion);
  return permissionsBoundary.split(':')[1] === name
    ? []
    : [
        `permissionsBoundary: ${permissionsBoundary} is not in the partition of the home region ${homeRegion} (${name})`,
      ];
};

const CHECKS: readonly CheckedOptions[] = [
  { options: ['config', 'configSchedule'], check: needsConfigRules },
  { options: ['homeRegion', 'regions'], check: needsOnePartition },
  { options: ['homeRegion', 'regions'], check: needsHome },
  { options: ['homeRegion', 'alertsSecretArn', 'eventBusArn'], check: needsHomeRegion },
  { options: ['alertsSecretArn', 'buttons', 'slackApi', 'pagerDutyApi'], check: needsSecret },
  { options: ['config', 'alertsSecretArn', 'buttons', 'reservedConcurrency'], check: needsFunctions },
  { options: ['homeRegion', 'permissionsBoundary'], check: needsOwnBoundary },
];

/**
 * Contradictions between options, one line each.
 *
 * @param unread options with invalid values. Checks that read one of them are skipped, because `buttons` with
 *   an invalid `alertsSecretArn` is not a second mistake.
 */
function contradictions(options: StackOptions, unread: ReadonlySet<string>): readonly string[] {
  return CHECKS.filter(({ options: of }) => !of.some((name) => unread.has(name))).flatMap(({ check }) =>
    check(options),
  );
}
