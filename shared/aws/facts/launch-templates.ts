import { DescribeLaunchTemplateVersionsCommand, type LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { readTemplate } from '../../readers/launch-template.ts';
import { call } from '../call.ts';
import type { Ec2 } from '../describe.ts';
import { pages } from '../paging.ts';

/** The most that EC2 gives in one page of launch template versions. */
const VERSIONS_PAGE = 200;

/** Ids of the launch templates that name a group, by group id. */
export type TemplatesByGroup = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Which launch templates of the region name which groups, by their latest and their default version: what new instances get. EC2 knows
 * no filter for groups, so that all templates are read. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html
 */
export async function describeTemplates(ec2: Ec2): Promise<TemplatesByGroup> {
  const versions = await pages<LaunchTemplateVersion>(async (token) => {
    const command = new DescribeLaunchTemplateVersionsCommand({
      Versions: ['$Latest', '$Default'],
      MaxResults: VERSIONS_PAGE,
      ...(token && { NextToken: token }),
    });
    const answer = await call('DescribeLaunchTemplateVersions', ec2.send(command));
    return { items: answer.LaunchTemplateVersions, next: answer.NextToken };
  });
  const found = new Map<string, Set<string>>();
  for (const { id, groupIds } of versions.flatMap((version) => readTemplate(version) ?? [])) {
    for (const groupId of groupIds) found.set(groupId, (found.get(groupId) ?? new Set()).add(id));
  }
  return found;
}
