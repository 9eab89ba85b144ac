import { partition } from '@aws-sdk/core/client';
import { FUNCTIONS, type FunctionId } from '../../../shared/catalogue.ts';
import type { OptionName, StackOptions } from './registry.ts';
import { reservedFunctions } from './reserved-concurrency.ts';

/** What is wrong with how options go together; empty if nothing is. */
type Check = (options: StackOptions) => readonly string[];

/** A check, and the options that it reads. */
interface Combination {
  readonly of: readonly OptionName[];
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

const COMBINATIONS: readonly Combination[] = [
  { of: ['config', 'configSchedule'], check: needsConfigRules },
  { of: ['homeRegion', 'regions'], check: needsOnePartition },
  { of: ['homeRegion', 'regions'], check: needsHome },
  { of: ['homeRegion', 'alertsSecretArn', 'eventBusArn'], check: needsHomeRegion },
  { of: ['alertsSecretArn', 'buttons', 'slackApi', 'pagerDutyApi'], check: needsSecret },
  { of: ['config', 'alertsSecretArn', 'buttons', 'reservedConcurrency'], check: needsFunctions },
  { of: ['homeRegion', 'permissionsBoundary'], check: needsOwnBoundary },
];

/**
 * What is wrong with how options go together, one line each.
 *
 * @param unread options that were given and could not be read. No check judges them: `buttons` without a readable `alertsSecretArn` is
 *   no mistake of its own.
 */
export function contradictions(options: StackOptions, unread: ReadonlySet<string>): readonly string[] {
  return COMBINATIONS.filter(({ of }) => !of.some((name) => unread.has(name))).flatMap(({ check }) => check(options));
}
