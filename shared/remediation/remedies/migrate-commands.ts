import type { Attachment, InterfaceOwner } from '../../domain/group.ts';

/** A move from one group to another that only people can make. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

type Command = (attachment: Attachment, groups: readonly string[], move: Move) => string;

/** What stands for a name that the interface does not tell, for people to fill in. */
const UNTOLD = 'NAME';

/**
 * A name out of an interface's description. Anybody may write descriptions, and the command is going to be typed into a shell: only what
 * no shell takes for more than a word.
 */
const told = ({ description }: Attachment, pattern: RegExp): string => {
  const name = pattern.exec(description)?.[1];
  return name !== undefined && /^[\w.-]+$/.test(name) && !name.startsWith('-') ? name : UNTOLD;
};

const loadBalancer: Command = (attachment, groups) => {
  const modern = told(attachment, /^ELB (?:app|net)\/([^/]+)\//);
  if (/^ELB (?:app|net)\//.test(attachment.description))
    return `aws elbv2 set-security-groups --load-balancer-arn "$(aws elbv2 describe-load-balancers --names ${modern} --query 'LoadBalancers[0].LoadBalancerArn' --output text)" --security-groups ${groups.join(' ')}`;
  const name = told(attachment, /^ELB (.+)$/);
  return `aws elb apply-security-groups-to-load-balancer --load-balancer-name ${name} --security-groups ${groups.join(' ')}`;
};

const database: Command = (_, groups, { from }) =>
  `aws rds modify-db-instance --apply-immediately --db-instance-identifier ${UNTOLD} --vpc-security-group-ids ${groups.join(' ')} (which one: aws rds describe-db-instances --query "DBInstances[?VpcSecurityGroups[?VpcSecurityGroupId=='${from}']].DBInstanceIdentifier"; of an Aurora cluster: aws rds modify-db-cluster)`;

const lambda: Command = (attachment, groups) => {
  const name = told(attachment, /^AWS Lambda VPC ENI-(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return `aws lambda update-function-configuration --function-name ${name} --vpc-config SubnetIds=SUBNETS,SecurityGroupIds=${groups.join(',')}`;
};

const own: Command = ({ interfaceId }, groups) =>
  `aws ec2 modify-network-interface-attribute --network-interface-id ${interfaceId} --groups ${groups.join(' ')}`;

const COMMANDS: Readonly<Record<InterfaceOwner, Command>> = {
  rds: database,
  elasticache: (attachment, groups) =>
    `aws elasticache modify-cache-cluster --apply-immediately --cache-cluster-id ${told(attachment, /^ElastiCache[ +](.+)$/)} --security-group-ids ${groups.join(' ')} (of a replication group: aws elasticache modify-replication-group)`,
  elb: loadBalancer,
  lambda,
  redshift: (_, groups) =>
    `aws redshift modify-cluster --cluster-identifier ${UNTOLD} --vpc-security-group-ids ${groups.join(' ')}`,
  dms: (_, groups) =>
    `aws dms modify-replication-instance --apply-immediately --replication-instance-arn ARN --vpc-security-group-ids ${groups.join(' ')}`,
  efs: (attachment, groups) =>
    `aws efs modify-mount-target-security-groups --mount-target-id ${told(attachment, /\((fsmt-[0-9a-f]+)\)/)} --security-groups ${groups.join(' ')}`,
  'vpc-endpoint': (attachment, _, { from, to }) =>
    `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${told(attachment, /(vpce-[0-9a-f]+)/)} --add-security-group-ids ${to} --remove-security-group-ids ${from}`,
  'nat-gateway': own,
  ecs: (_, groups) =>
    `aws ecs update-service --cluster ${UNTOLD} --service ${UNTOLD} --network-configuration 'awsvpcConfiguration={subnets=[SUBNETS],securityGroups=[${groups.join(',')}]}'`,
  ec2: own,
  other: own,
};

/**
 * What a person has to type to move an interface. IAM cannot limit what the services' modify calls may change to security groups (the
 * same call resets a database's password), so that Portcullis does not have them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
 */
export const commandFor = (attachment: Attachment, move: Move): string => {
  const groups = (attachment.groupIds ?? []).filter((id) => id !== move.from && id !== move.to);
  return COMMANDS[attachment.owner ?? 'other'](attachment, [...groups, move.to], move);
};
