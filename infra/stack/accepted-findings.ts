import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepted findings of the linters on a resource: the id of the check, and the reason. */
export type AcceptedFindings = Readonly<Record<string, string>>;

interface Skip {
  readonly id: string;
  readonly comment: string;
}

/**
 * The metadata with which checkov (ids `CKV…`) and cfn-lint (other ids) skip checks. Only checkov supports a
 * reason.
 */
export function acceptedMetadata(findings: AcceptedFindings): Readonly<Record<string, object>> {
  const all = Object.entries(findings).map(([id, comment]): Skip => ({ id, comment }));
  const skip = all.filter(({ id }) => id.startsWith('CKV'));
  const ignore = all.filter(({ id }) => !id.startsWith('CKV')).map(({ id }) => id);
  return {
    ...(skip.length > 0 && { checkov: { skip } }),
    ...(ignore.length > 0 && { 'cfn-lint': { config: { ignore_checks: ignore } } }),
  };
}

/**
 * Accepts findings of cfn-lint and checkov on a construct's resource, in the metadata of the template. `npm
 * run lint:templates` fails on all other findings.
 *
 * @throws RangeError if the construct has no CloudFormation resource.
 * @see https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
 * @see https://github.com/aws-cloudformation/cfn-lint#resource-based-metadata
 */
export function acceptFindings(construct: IConstruct, findings: AcceptedFindings): void {
  const resource = construct.node.defaultChild ?? construct;
  if (!CfnResource.isCfnResource(resource))
    throw new RangeError(`${construct.node.path} has no CloudFormation resource`);
  for (const [tool, value] of Object.entries(acceptedMetadata(findings))) resource.addMetadata(tool, value);
}
