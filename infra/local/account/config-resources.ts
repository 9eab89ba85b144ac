import { SECURITY_GROUP } from './config-items.ts';
import { isRecorded } from './config-recorders.ts';
import type { ConfigItemRecord } from './config-records.ts';
import { groupArn } from './describe-groups.ts';
import type { Region } from './region.ts';

/** What AWS Config records of how resources comply. */
const VERDICTS = 'AWS::Config::ResourceCompliance';

const placeOf = ({ account, name }: Region) => ({
  accountId: account.id,
  awsRegion: name,
  availabilityZone: 'Not Applicable',
  version: '1.3',
});

const groupResource = (region: Region, item: ConfigItemRecord): object => ({
  ...placeOf(region),
  arn: groupArn(region, item.groupId),
  resourceId: item.groupId,
  resourceName: item.name,
  resourceType: SECURITY_GROUP,
  configuration: JSON.parse(item.configuration),
  configurationItemStatus: item.status,
  configurationItemCaptureTime: new Date(item.at).toISOString(),
  relationships: item.relationships.map(({ resourceId, resourceType }) => ({ resourceId, resourceType })),
  tags: Object.entries(item.tags).map(([key, value]) => ({ key, value, tag: `${key}=${value}` })),
});

const verdictResource = (region: Region, groupId: string): readonly object[] => {
  const told = [...region.config.evaluations].flatMap(([rule, groups]) => {
    const verdict = groups.get(groupId)?.verdict;
    return verdict === 'COMPLIANT' || verdict === 'NON_COMPLIANT' ? [{ rule, verdict }] : [];
  });
  if (told.length === 0) return [];
  const configRuleList = told.map(({ rule, verdict }) => ({
    configRuleName: rule,
    configRuleId: region.config.rules.get(rule)?.ConfigRuleId,
    configRuleArn: region.config.rules.get(rule)?.ConfigRuleArn,
    complianceType: verdict,
  }));
  const complianceType = told.some(({ verdict }) => verdict === 'NON_COMPLIANT') ? 'NON_COMPLIANT' : 'COMPLIANT';
  const target = { targetResourceId: groupId, targetResourceType: SECURITY_GROUP };
  const configuration = { ...target, complianceType, configRuleList };
  const resourceId = `${SECURITY_GROUP}/${groupId}`;
  return [{ ...placeOf(region), resourceId, resourceType: VERDICTS, configuration }];
};

/**
 * What can be asked of AWS Config: the groups as they were recorded last, and how they comply, as far as the recorder is about them.
 *
 * @see https://github.com/awslabs/aws-config-resource-schema/tree/master/config/properties/resource-types
 */
export const configResources = (region: Region): readonly object[] => {
  const items = [...region.config.items.values()].flatMap((all) => all.at(-1) ?? []);
  const present = items.filter(({ status }) => status !== 'ResourceDeleted');
  return [
    ...(isRecorded(region, SECURITY_GROUP) ? present.map((item) => groupResource(region, item)) : []),
    ...(isRecorded(region, VERDICTS) ? present.flatMap(({ groupId }) => verdictResource(region, groupId)) : []),
  ];
};
