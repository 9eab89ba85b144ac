import type { Attachment, InterfaceOwner } from '../../domain/group.ts';
import { sanitize } from '../../network/format.ts';

/** A move of an interface to another group that only a person can make. */
interface Move {
  readonly from: string;
  readonly to: string;
}

type CommandText = (attachment: Attachment, groups: readonly string[], move: Move) => string;

/** A placeholder for a name that the interface does not show. */
const UNKNOWN_NAME = 'NAME';

/**
 * A name from the description of an interface. Anybody may write descriptions, and people paste the command
 * into a shell, so only names that a shell takes as one word are used.
 */
function nameIn({ description }: Attachment, pattern: RegExp): string {
  const name = pattern.exec(description)?.[1];
  return name !== undefined && /^[\w.-]+$/.test(name) && !name.startsWith('-') ? name : UNKNOWN_NAME;
}

const loadBalancer: CommandText = (attachment, groups) => {
  const modern = nameIn(attachment, /^ELB (?:app|net)\/([^/]+)\//);
  if (/^ELB (?:app|net)\//.test(attachment.description))
    return `aws elbv2 set-security-groups --load-balancer-arn "$(aws elbv2 describe-load-balancers --names ${modern} --query 'LoadBalancers[0].LoadBalancerArn' --output text)" --security-groups ${groups.join(' ')}`;
  const name = nameIn(attachment, /^ELB (.+)$/);
  return `aws elb apply-security-groups-to-load-balancer --load-balancer-name ${name} --security-groups ${groups.join(' ')}`;
};

const database: CommandText = (_, groups, { from }) =>
  `aws rds modify-db-instance --apply-immediately --db-instance-identifier ${UNKNOWN_NAME} --vpc-security-group-ids ${groups.join(' ')} (which one: aws rds describe-db-instances --query "DBInstances[?VpcSecurityGroups[?VpcSecurityGroupId=='${from}']].DBInstanceIdentifier"; of an Aurora cluster: aws rds modify-db-cluster)`;

const lambda: CommandText = (attachment, groups) => {
  const name = nameIn(attachment, /^AWS Lambda VPC ENI-(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return `aws lambda update-function-configuration --function-name ${name} --vpc-config SubnetIds=SUBNETS,SecurityGroupIds=${groups.join(',')}`;
};

const interfaceCommand: CommandText = ({ interfaceId }, groups) =>
  `aws ec2 modify-network-interface-attribute --network-interface-id ${interfaceId} --groups ${groups.join(' ')}`;

const COMMANDS: Readonly<Record<InterfaceOwner, CommandText>> = {
  rds: database,
  elasticache: (attachment, groups) =>
    `aws elasticache modify-cache-cluster --apply-immediately --cache-cluster-id ${nameIn(attachment, /^ElastiCache[ +](.+)$/)} --security-group-ids ${groups.join(' ')} (of a replication group: aws elasticache modify-replication-group)`,
  elb: loadBalancer,
  lambda,
  redshift: (_, groups) =>
    `aws redshift modify-cluster --cluster-identifier ${UNKNOWN_NAME} --vpc-security-group-ids ${groups.join(' ')}`,
  dms: (_, groups) =>
    `aws dms modify-replication-instance --apply-immediately --replication-instance-arn ARN --vpc-security-group-ids ${groups.join(' ')}`,
  efs: (attachment, groups) =>
    `aws efs modify-mount-target-security-groups --mount-target-id ${nameIn(attachment, /\((fsmt-[0-9a-f]+)\)/)} --security-groups ${groups.join(' ')}`,
  'vpc-endpoint': (attachment, _, { from, to }) =>
    `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${nameIn(attachment, /(vpce-[0-9a-f]+)/)} --add-security-group-ids ${to} --remove-security-group-ids ${from}`,
  'nat-gateway': interfaceCommand,
  ecs: (_, groups) =>
    `aws ecs update-service --cluster ${UNKNOWN_NAME} --service ${UNKNOWN_NAME} --network-configuration 'awsvpcConfiguration={subnets=[SUBNETS],securityGroups=[${groups.join(',')}]}'`,
  ec2: interfaceCommand,
  other: interfaceCommand,
};

/**
 * The command with which a person moves an interface. IAM cannot limit what the services' modify calls change
 * to security groups (the same call resets a database's password), so Portcullis has no permission for them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
 */
export function commandFor(attachment: Attachment, move: Move): string {
  const groups = (attachment.groupIds ?? []).filter((id) => id !== move.from && id !== move.to);
  return COMMANDS[attachment.owner ?? 'other'](attachment, [...groups, move.to], move);
}

/** Owners whose interfaces EC2 lets Portcullis change. */
const CHANGEABLE: ReadonlySet<InterfaceOwner> = new Set(['ec2', 'other']);

/** Whether only the service can change the interface. */
export function isManaged({ owner = 'other', requesterManaged }: Attachment): boolean {
  return requesterManaged === true || !CHANGEABLE.has(owner);
}

function nameOf({ interfaceId, owner = 'other', description }: Attachment): string {
  return `${interfaceId} (${[owner, sanitize(description)].filter((part) => part !== '').join(', ')})`;
}

/** A text about an interface that a service manages, with the command for a person. */
export function managedText(attachment: Attachment, move: Move): string {
  return `${nameOf(attachment)} is managed by its service; move it with: ${commandFor(attachment, move)}`;
}

/** A text about an interface that EC2 refused to change, with the reason and the command for a person. */
export function stuckText(attachment: Attachment, why: string, move: Move): string {
  return `${nameOf(attachment)} could not be changed: ${why}; move it with: ${commandFor(attachment, move)}`;
}
