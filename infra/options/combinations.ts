import { partition } from '@aws-sdk/core/client';
import type { StackOptions } from './registry.ts';

/** What is wrong with how options go together; empty if nothing is. Options that could not be read are absent. */
type Check = (options: StackOptions) => readonly string[];

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

/** Every check of several options together. */
export const COMBINATIONS: readonly Check[] = [needsConfigRules, needsOnePartition, needsHome, needsHomeRegion];
