import type { Actor } from '../domain/change.ts';
import type { Group } from '../domain/group.ts';
import { matchesGlob } from '../domain/identity.ts';
import type { Policy, ServiceOwned } from '../domain/policy.ts';

/** An AWS service that creates security groups and may restore their rules. */
interface Owner {
  readonly service: string;
  readonly names: readonly string[];
  readonly tagKeys: readonly string[];
  /** Service principals without `.amazonaws.com` that CloudTrail names if the service makes a call. */
  readonly principals: readonly string[];
}

/**
 * Services that own groups, how their groups are recognised, and which principals make their calls. Anyone can choose a group's name,
 * so a name or tag never excuses a rule: it only says which service may have a rule held back that the service itself opened.
 *
 * `cloudformation` is no principal of Elastic Beanstalk here, because anyone who can create a stack chooses what CloudFormation opens.
 *
 * @see https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_best_practices.html
 * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-security-groups.html
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/security-group-policies.html
 * @see https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.cloudformation.html
 */
const OWNERS: readonly Owner[] = [
  { service: 'AWS Directory Service', names: ['d-*_controllers'], tagKeys: [], principals: ['ds'] },
  { service: 'Amazon WorkSpaces', names: ['d-*_workspacesMembers'], tagKeys: [], principals: ['workspaces'] },
  { service: 'Amazon EMR', names: ['ElasticMapReduce-*'], tagKeys: [], principals: ['elasticmapreduce'] },
  {
    service: 'Amazon EKS',
    names: ['eks-cluster-sg-*'],
    tagKeys: ['aws:eks:cluster-name'],
    principals: ['eks', 'eks-nodegroup'],
  },
  { service: 'AWS Firewall Manager', names: ['FMManagedSecurityGroup*'], tagKeys: [], principals: ['fms'] },
  {
    service: 'AWS Elastic Beanstalk',
    names: ['awseb-*'],
    tagKeys: [],
    principals: ['elasticbeanstalk', 'maintenance.elasticbeanstalk', 'managedupdates.elasticbeanstalk'],
  },
];

/** What a policy starts from; the user's own patterns come on top. */
export const SERVICE_OWNED: ServiceOwned = {
  names: OWNERS.flatMap(({ names }) => names),
  tagKeys: OWNERS.flatMap(({ tagKeys }) => tagKeys),
  except: [],
};

/** A service as a group's name or tag tells it. Without principals, the sign is the policy's own and names no service. */
type OwnershipClaim = Pick<Owner, 'service'> & Partial<Pick<Owner, 'principals'>>;

function claimBy(kind: 'names' | 'tagKeys', sign: string): OwnershipClaim {
  return (
    OWNERS.find((owner) => owner[kind].includes(sign)) ?? {
      service: `a service (by ${kind === 'names' ? 'its name' : 'its tag'} ${sign})`,
    }
  );
}

type Signed = Pick<Group, 'id' | 'name' | 'tags'>;

function claimOn(group: Signed, { serviceOwned }: Pick<Policy, 'serviceOwned'>): OwnershipClaim | undefined {
  if (serviceOwned.except.some((sign) => sign === group.id || matchesGlob(sign, group.name))) return undefined;
  const tagKey = serviceOwned.tagKeys.find((key) => Object.hasOwn(group.tags, key));
  if (tagKey !== undefined) return claimBy('tagKeys', tagKey);
  const name = serviceOwned.names.find((pattern) => matchesGlob(pattern, group.name));
  return name === undefined ? undefined : claimBy('names', name);
}

/**
 * Name of the AWS service that a group's name or tags claim as its owner; undefined if there is no claim, or if the policy excepts the
 * group. A claim proves nothing: see `actingService`.
 */
export function serviceOwner(group: Signed, policy: Pick<Policy, 'serviceOwned'>): string | undefined {
  return claimOn(group, policy)?.service;
}

/** `elasticmapreduce` of `elasticmapreduce.amazonaws.com`, of its regional form, and of the form in China. */
const PRINCIPAL = /^([a-z][a-z0-9.-]*?)(?:\.[a-z]{2,4}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/;

const SERVICE_ROLE = /^arn:[^:]+:iam::\d{12}:role\/aws-service-role\/([^/]+)\/[^/]+$/;

function nameOf(principal: string | undefined): readonly string[] {
  const name = PRINCIPAL.exec(principal ?? '')?.[1];
  return name === undefined ? [] : [name];
}

/** The service that acted with its own role: only the service itself can assume a service-linked role, and only IAM creates its path. */
function ownActor({ type, role, invokedBy }: Actor): readonly string[] {
  return [...nameOf(SERVICE_ROLE.exec(role ?? '')?.[1]), ...(type === 'AWSService' ? nameOf(invokedBy) : [])];
}

/**
 * Whether the service that a group's name or tags claim made a call, by `invokedBy` or its service-linked role. A pattern of the policy
 * names no service, so there only calls count that an AWS service made with its own role: with a person's credentials, services such as
 * CloudFormation or Step Functions open whatever that person asks for.
 */
function isService(actor: Actor, { principals }: OwnershipClaim): boolean {
  return principals === undefined
    ? ownActor(actor).length > 0
    : [...nameOf(actor.invokedBy), ...ownActor(actor)].some((name) => principals.includes(name));
}

/** Name of the AWS service that made a call to a group which its name or tags claim for that service. */
export function actingService(
  actor: Actor | undefined,
  group: Signed,
  policy: Pick<Policy, 'serviceOwned'>,
): string | undefined {
  const claim = actor && claimOn(group, policy);
  return claim && isService(actor, claim) ? claim.service : undefined;
}
