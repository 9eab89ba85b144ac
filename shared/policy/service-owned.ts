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
 * AWS services that own groups. Anyone can choose a group's name, so a name or tag never exempts a rule. It
 * only says which service must have opened a rule for the rule to stay open.
 *
 * Elastic Beanstalk also acts through `cloudformation`. That principal is not listed, because anyone who can
 * create a stack chooses what CloudFormation opens.
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

/** The default patterns. A policy adds its own. */
export const SERVICE_OWNED: ServiceOwned = {
  names: OWNERS.flatMap(({ names }) => names),
  tagKeys: OWNERS.flatMap(({ tagKeys }) => tagKeys),
  except: [],
};

type NamedGroup = Pick<Group, 'id' | 'name' | 'tags'>;

/**
 * The AWS service that a group's name or tags claim as its owner. Undefined if there is no claim, or if the
 * policy excepts the group. A claim proves nothing: see `actingService`.
 */
export function serviceOwner(group: NamedGroup, policy: Pick<Policy, 'serviceOwned'>): string | undefined {
  return claimOn(group, policy)?.service;
}

/** The AWS service that made a call, if the group's name or tags claim the same service. */
export function actingService(
  actor: Actor | undefined,
  group: NamedGroup,
  policy: Pick<Policy, 'serviceOwned'>,
): string | undefined {
  const claim = actor && claimOn(group, policy);
  return claim && isMadeBy(actor, claim) ? claim.service : undefined;
}

/** A service that a group's name or tag claims. A pattern of the policy names no principals. */
type OwnershipClaim = Pick<Owner, 'service'> & Partial<Pick<Owner, 'principals'>>;

function claimOn(group: NamedGroup, { serviceOwned }: Pick<Policy, 'serviceOwned'>): OwnershipClaim | undefined {
  if (serviceOwned.except.some((one) => one === group.id || matchesGlob(one, group.name))) return undefined;
  const tagKey = serviceOwned.tagKeys.find((key) => Object.hasOwn(group.tags, key));
  if (tagKey !== undefined) return claimBy('tagKeys', tagKey);
  const name = serviceOwned.names.find((pattern) => matchesGlob(pattern, group.name));
  return name === undefined ? undefined : claimBy('names', name);
}

function claimBy(kind: 'names' | 'tagKeys', pattern: string): OwnershipClaim {
  return (
    OWNERS.find((owner) => owner[kind].includes(pattern)) ?? {
      service: `a service (by ${kind === 'names' ? 'its name' : 'its tag'} ${pattern})`,
    }
  );
}

/**
 * Whether the claimed service made a call, by `invokedBy` or its service-linked role. A pattern of the policy
 * names no service, so only calls count that a service made with its own role. With a person's credentials,
 * services such as CloudFormation open whatever the person asks for.
 */
function isMadeBy(actor: Actor, { principals }: OwnershipClaim): boolean {
  return principals === undefined
    ? actingForItself(actor).length > 0
    : [...serviceName(actor.invokedBy), ...actingForItself(actor)].some((name) => principals.includes(name));
}

const SERVICE_ROLE = /^arn:[^:]+:iam::\d{12}:role\/aws-service-role\/([^/]+)\/[^/]+$/;

/** The service that used its own service-linked role. Only IAM creates the path of such a role. */
function actingForItself({ type, role, invokedBy }: Actor): readonly string[] {
  return [...serviceName(SERVICE_ROLE.exec(role ?? '')?.[1]), ...(type === 'AWSService' ? serviceName(invokedBy) : [])];
}

/** `elasticmapreduce` of `elasticmapreduce.amazonaws.com`, of its regional form, and of the form in China. */
const PRINCIPAL = /^([a-z][a-z0-9.-]*?)(?:\.[a-z]{2,4}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/;

function serviceName(principal: string | undefined): readonly string[] {
  const name = PRINCIPAL.exec(principal ?? '')?.[1];
  return name === undefined ? [] : [name];
}
