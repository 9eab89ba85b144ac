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
 * Context entries of the CDK itself: feature flags (`@aws-cdk/aws-iam:minimizePolicies`), what its command line adds
 * (`aws:cdk:enable-path-metadata`), cached lookups (`availability-zones:account=…`), and two settings without a colon.
 */
function isCdkEntry(name: string): boolean {
  return name.includes(':') || name === 'cli-telemetry' || name === 'acknowledged-issue-numbers';
}

function parseOption(name: OptionName, given: unknown): ParseResult<unknown> {
  // cdk.json holds JSON, so that a boolean or a number may stand there without quotes.
  const text = typeof given === 'boolean' || typeof given === 'number' ? String(given) : given;
  if (typeof text !== 'string') return { problem: `expected text, found ${JSON.stringify(given)}` };
  if (text.trim() === '') return { problem: 'it is empty; leave the option out' };
  return OPTIONS[name].parse(text.trim());
}

/**
 * Reads the options of the stack from the CDK's context.
 *
 * @param context every context entry, as the app has it.
 * @param credentialsRegion the region that the CDK deploys into by default; the home region if `regions` is given without `homeRegion`.
 *   Without both options the stack fits any region, and ARNs are checked against this one.
 * @throws InputInvalid with every problem, one a line: unknown names, values that cannot be read, and options that contradict each other.
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
  // A region list decides which regions forward their events, so that it fixes the home region.
  if (values['homeRegion'] === undefined && values['regions'] !== undefined && !Object.hasOwn(context, 'homeRegion')) {
    values['homeRegion'] = credentialsRegion;
  }
  const options: StackOptions = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  // A stack that fits any region is deployed into the region of the credentials.
  const deployed: StackOptions =
    credentialsRegion === undefined ? options : { homeRegion: credentialsRegion, ...options };
  problems.push(...contradictions(deployed, unread));
  if (problems.length > 0) throw new InputInvalid(problems.map((problem) => `cdk context ${problem}`).join('\n'));
  return options;
}

/** What is wrong with how options go together; empty if nothing is. */
type Check = (options: StackOptions) => readonly string[];

/** A check, and the options that it reads. */
interface CheckedOptions {
  readonly options: readonly OptionName[];
  readonly check: Check;
}

const needsConfigRules: Check = ({ config, configSchedule }) =>
  configSchedule === undefined || config === 'rules'
    ? []
    : ['configSchedule: it is for the rules of AWS Config; give -c config=true as well'];

/** Only regions of one partition can send events to each other. */
const needsOnePartition: Check = ({ homeRegion, regions = [] }) => {
  if (homeRegion === undefined) return [];
  const home = partition(homeRegion).name;
  const others = regions.filter((name) => partition(name).name !== home);
  return others.length === 0
    ? []
    : [`regions: ${others.join(', ')}: not in the partition of the home region ${homeRegion} (${home})`];
};

/** Every listed region but the home region forwards its events, so that the home region has to be known. */
const needsHome: Check = ({ homeRegion, regions }) =>
  regions === undefined || homeRegion !== undefined
    ? []
    : ['regions: the home region is unknown; give -c homeRegion=REGION'];

/** The functions call Secrets Manager and EventBridge in their own region. */
const needsHomeRegion: Check = ({ homeRegion, alertsSecretArn, eventBusArn }) =>
  Object.entries({ alertsSecretArn, eventBusArn }).flatMap(([name, arn]) => {
    const region = arn?.split(':')[3];
    return homeRegion === undefined || region === undefined || region === homeRegion
      ? []
      : [`${name}: ${arn} is in ${region}; the home region of the cell is ${homeRegion}`];
  });

/** Without the secret nobody is notified in Slack or PagerDuty, and these options would do nothing. */
const needsSecret: Check = ({ alertsSecretArn, buttons, slackApi, pagerDutyApi }) =>
  alertsSecretArn !== undefined
    ? []
    : Object.entries({ buttons, slackApi, pagerDutyApi }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}: it is for chat channels; give -c alertsSecretArn=ARN as well`],
      );

/** Which option a function needs to be part of the cell; undefined if the cell has the function. */
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
    return missing === undefined ? [] : [`reservedConcurrency: the cell has no ${name}; give -c ${missing} as well`];
  });

/** IAM is one for all regions of a partition, and knows no policy of another partition. */
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
 * What is wrong with how options go together, one line each.
 *
 * @param unread options that were given and could not be read. No check judges them: `buttons` without a readable `alertsSecretArn` is
 *   no mistake of its own.
 */
function contradictions(options: StackOptions, unread: ReadonlySet<string>): readonly string[] {
  return CHECKS.filter(({ options: of }) => !of.some((name) => unread.has(name))).flatMap(({ check }) =>
    check(options),
  );
}
