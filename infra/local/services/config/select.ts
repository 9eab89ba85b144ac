import type { SelectResourceConfigRequest } from '@aws-sdk/client-config-service';
import type { Region } from '../../state/account.ts';
import type { ConfigItemRecord } from '../../state/records.ts';
import { groupArn } from '../ec2/security-groups.ts';
import { pageOf } from '../listing.ts';
import { runQuery } from './query-evaluation.ts';
import { parseQuery } from './query-parser.ts';
import { isRecorded, SECURITY_GROUP } from './recorder.ts';

/**
 * SelectResourceConfig, with the part of its SQL that the project's saved queries use.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_SelectResourceConfig.html
 * @throws AwsError InvalidExpressionException for an unsupported query, InvalidNextToken.
 */
export function selectResourceConfig(region: Region, input: SelectResourceConfigRequest): object {
  const query = parseQuery(input.Expression ?? '');
  const rows = runQuery(query, configResources(region));
  const { items, next } = pageOf(rows, { MaxResults: input.Limit || undefined, NextToken: input.NextToken }, PAGE);
  return {
    Results: items.map((row) => JSON.stringify(row)),
    QueryInfo: { SelectFields: query.select.map((Name) => ({ Name })) },
    ...next,
  };
}

/** Number of rows of a page. */
const PAGE = { min: 0, max: 100, defaultSize: 25 } as const;

/**
 * The resources that queries can select: the last item of each group, and each group's compliance, if the
 * recorder records the type.
 *
 * @see https://github.com/awslabs/aws-config-resource-schema/tree/master/config/properties/resource-types
 */
function configResources(region: Region): readonly object[] {
  const items = [...region.config.items.values()].flatMap((all) => all.at(-1) ?? []);
  const present = items.filter(({ status }) => status !== 'ResourceDeleted');
  return [
    ...(isRecorded(region, SECURITY_GROUP) ? present.map((item) => groupResource(region, item)) : []),
    ...(isRecorded(region, RESOURCE_COMPLIANCE)
      ? present.flatMap(({ groupId }) => complianceResource(region, groupId))
      : []),
  ];
}

function groupResource(region: Region, item: ConfigItemRecord): object {
  return {
    ...commonMembers(region),
    arn: groupArn(region, item.groupId),
    resourceId: item.groupId,
    resourceName: item.name,
    resourceType: SECURITY_GROUP,
    configuration: JSON.parse(item.configuration),
    configurationItemStatus: item.status,
    configurationItemCaptureTime: new Date(item.at).toISOString(),
    relationships: item.relationships.map(({ resourceId, resourceType }) => ({ resourceId, resourceType })),
    tags: Object.entries(item.tags).map(([key, value]) => ({ key, value, tag: `${key}=${value}` })),
  };
}

function complianceResource(region: Region, groupId: string): readonly object[] {
  const evaluations = [...region.config.evaluations].flatMap(([rule, groups]) => {
    const complianceType = groups.get(groupId)?.complianceType;
    return complianceType === 'COMPLIANT' || complianceType === 'NON_COMPLIANT' ? [{ rule, complianceType }] : [];
  });
  if (evaluations.length === 0) return [];
  const configRuleList = evaluations.map(({ rule, complianceType }) => ({
    configRuleName: rule,
    configRuleId: region.config.rules.get(rule)?.ConfigRuleId,
    configRuleArn: region.config.rules.get(rule)?.ConfigRuleArn,
    complianceType,
  }));
  const complianceType = evaluations.some((evaluation) => evaluation.complianceType === 'NON_COMPLIANT')
    ? 'NON_COMPLIANT'
    : 'COMPLIANT';
  const target = { targetResourceId: groupId, targetResourceType: SECURITY_GROUP };
  const configuration = { ...target, complianceType, configRuleList };
  const resourceId = `${SECURITY_GROUP}/${groupId}`;
  return [{ ...commonMembers(region), resourceId, resourceType: RESOURCE_COMPLIANCE, configuration }];
}

function commonMembers({ account, name }: Region) {
  return {
    accountId: account.id,
    awsRegion: name,
    availabilityZone: 'Not Applicable',
    version: '1.3',
  };
}

/** AWS Config's resource type for the compliance of a resource. */
const RESOURCE_COMPLIANCE = 'AWS::Config::ResourceCompliance';
