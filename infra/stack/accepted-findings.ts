import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Findings of a linter that are accepted on one resource, by the id of the check, each with its reason. */
export type AcceptedFindings = Readonly<Record<string, string>>;

interface Skip {
  readonly id: string;
  readonly comment: string;
}

/** The metadata by which checkov (`CKV…`) and cfn-lint (all other ids) leave checks out. Only checkov has a place for the reason. */
export function acceptedMetadata(findings: AcceptedFindings): Readonly<Record<string, object>> {
  const all = Object.entries(findings).map(([id, comment]): Skip => ({ id, comment }));
  const skip = all.filter(({ id }) => id.startsWith('CKV'));
  const ignore = all.filter((one) => !skip.includes(one)).map(({ id }) => id);
  return {
    ...(skip.length > 0 && { checkov: { skip } }),
    ...(ignore.length > 0 && { 'cfn-lint': { config: { ignore_checks: ignore } } }),
  };
}

/**
 * Accepts findings of cfn-lint and checkov on a construct's resource, in the metadata of the template. `npm run lint:templates` fails on
 * every other finding.
 *
 * @throws RangeError for a construct without a CloudFormation resource of its own.
 * @see https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
 * @see https://github.com/aws-cloudformation/cfn-lint#resource-based-metadata
 */
export function acceptFindings(construct: IConstruct, findings: AcceptedFindings): void {
  const resource = construct.node.defaultChild ?? construct;
  if (!CfnResource.isCfnResource(resource))
    throw new RangeError(`${construct.node.path} is no CloudFormation resource`);
  for (const [tool, value] of Object.entries(acceptedMetadata(findings))) resource.addMetadata(tool, value);
}
