import { matchesGlob } from '../model/glob.ts';
import type { Group } from '../model/group.ts';
import type { Policy, ServiceOwned } from '../model/policy.ts';

/** An AWS service that makes security groups of its own and puts their rules back. */
interface Owner {
  readonly service: string;
  readonly names: readonly string[];
  readonly tagKeys: readonly string[];
}

/**
 * Services that own groups, and how these are told. Of tags only those under `aws:` count: nobody but AWS can set them. Names can be
 * chosen by anybody, which is why such a group is alerted on all the same.
 *
 * @see https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_best_practices.html
 * @see https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-security-groups.html
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/security-group-policies.html
 * @see https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.cloudformation.html
 */
const OWNERS: readonly Owner[] = [
  { service: 'AWS Directory Service', names: ['d-*_controllers'], tagKeys: [] },
  { service: 'Amazon WorkSpaces', names: ['d-*_workspacesMembers'], tagKeys: [] },
  { service: 'Amazon EMR', names: ['ElasticMapReduce-*'], tagKeys: [] },
  { service: 'Amazon EKS', names: ['eks-cluster-sg-*'], tagKeys: ['aws:eks:cluster-name'] },
  { service: 'AWS Firewall Manager', names: ['FMManagedSecurityGroup*'], tagKeys: [] },
  { service: 'AWS Elastic Beanstalk', names: ['awseb-*'], tagKeys: [] },
];

/** What a policy starts from; the user's own patterns come on top. */
export const SERVICE_OWNED: ServiceOwned = {
  names: OWNERS.flatMap(({ names }) => names),
  tagKeys: OWNERS.flatMap(({ tagKeys }) => tagKeys),
  except: [],
};

const serviceOf = (kind: 'names' | 'tagKeys', sign: string): string =>
  OWNERS.find((owner) => owner[kind].includes(sign))?.service ??
  `a service (by ${kind === 'names' ? 'its name' : 'its tag'} ${sign})`;

/** Name of the AWS service that owns the group; undefined where none does, or the policy takes the group for an ordinary one. */
export const serviceOwner = (
  group: Pick<Group, 'id' | 'name' | 'tags'>,
  { serviceOwned }: Pick<Policy, 'serviceOwned'>,
): string | undefined => {
  if (serviceOwned.except.some((sign) => sign === group.id || matchesGlob(sign, group.name))) return undefined;
  const tagKey = serviceOwned.tagKeys.find((key) => Object.hasOwn(group.tags, key));
  if (tagKey !== undefined) return serviceOf('tagKeys', tagKey);
  const name = serviceOwned.names.find((pattern) => matchesGlob(pattern, group.name));
  return name === undefined ? undefined : serviceOf('names', name);
};
