import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { type NamesByGroup, type NamesGroups, namesByGroup } from '../../../../events/cloudtrail/names-by-group.ts';
import { readTemplate } from '../../../../events/describe/launch-template.ts';
import { call } from '../../call.ts';
import { pages } from '../../paging.ts';
import type { Ec2 } from '../describe.ts';

/** The most that EC2 gives in one page of launch template versions. */
const VERSIONS_PAGE = 200;

/**
 * Which launch templates of the region name which groups, by their latest and their default version: what new instances get. EC2 knows
 * no filter for groups, so that all templates are read. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html
 */
export async function describeTemplates(ec2: Ec2): Promise<NamesByGroup> {
  const templates = await pages<NamesGroups>(async (token) => {
    const command = new DescribeLaunchTemplateVersionsCommand({
      Versions: ['$Latest', '$Default'],
      MaxResults: VERSIONS_PAGE,
      ...(token && { NextToken: token }),
    });
    const answer = await call('DescribeLaunchTemplateVersions', ec2.send(command));
    const versions = answer.LaunchTemplateVersions ?? [];
    return { items: versions.flatMap((version) => readTemplate(version) ?? []), next: answer.NextToken };
  });
  return namesByGroup(templates);
}
