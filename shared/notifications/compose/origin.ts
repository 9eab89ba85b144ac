import type { Tags } from '../../domain/rule.ts';

/**
 * Tags that lead to the code that made a resource: CloudFormation's own, and those that Yor writes into Terraform and CloudFormation.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 * @see https://github.com/bridgecrewio/yor
 */
const LEADS = [
  ['stack', 'aws:cloudformation:stack-name'],
  ['resource', 'aws:cloudformation:logical-id'],
  ['repository', 'git_repo'],
  ['file', 'git_file'],
  ['commit', 'git_commit'],
] as const;

/** Where in the code a group comes from, if its tags say so: `stack web, resource WebGroup`. */
export const originOf = (tags: Tags): string | undefined => {
  const found = LEADS.flatMap(([what, key]) => {
    const value = tags[key];
    return value === undefined ? [] : [`${what} ${value}`];
  });
  return found.length === 0 ? undefined : found.join(', ');
};
