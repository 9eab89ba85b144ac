import type { Trigger } from '../../domain/change.ts';
import {
  readAttributeModified,
  readDatabaseCreated,
  readDatabaseModified,
  readInterfaceCreated,
  readRunInstances,
  readVpcAssociated,
} from './attachments.ts';
import { readGroupCreated, readGroupDeleted, readVpcCreated } from './groups.ts';
import type { EventSubject, TrailRecord } from './record.ts';
import {
  readAuthorizeEgress,
  readAuthorizeIngress,
  readPrefixListModified,
  readPrefixListRestored,
  readRevokeEgress,
  readRevokeIngress,
  readRulesModified,
} from './rules.ts';
import { readTagsCreated, readTagsDeleted } from './tags.ts';

/** Tag calls that a pattern selects: with an exemption tag, or without tags, which deletes all. */
export type TagSelection = 'exemption-tags' | 'all-tags-deleted';

/** One CloudTrail call that Portcullis handles. Everything about the call is here. */
export type CloudTrailCall = {
  /**
   * Returns which groups the call concerns, or undefined if this call concerns none. Throws EventUnreadable.
   */
  readonly read: (record: TrailRecord) => EventSubject | undefined;
  /** The sample event `events/cloudtrail.SAMPLE.json`. */
  readonly sample: string;
} & (
  | { readonly trigger: Exclude<Trigger, 'tagged' | 'sweep'> }
  /** Tags change all the time, so the event pattern selects only some tag calls. */
  | { readonly trigger: 'tagged'; readonly selects: readonly TagSelection[] }
);

/** Calls by `eventSource` and `eventName`. */
export type CallTable = Readonly<Record<string, Readonly<Record<string, CloudTrailCall>>>>;

/**
 * The calls that change a security group, create or attach one, or change what its rules mean. The parser,
 * the event patterns and the tests derive from this table. Amazon DocumentDB and Neptune use RDS's calls.
 */
export const CLOUDTRAIL_CALLS = {
  'ec2.amazonaws.com': {
    AuthorizeSecurityGroupIngress: entry(
      'rules-added',
      readAuthorizeIngress,
      'authorize-ingress.ssh-world-and-private',
    ),
    AuthorizeSecurityGroupEgress: entry('rules-added', readAuthorizeEgress, 'authorize-egress'),
    ModifySecurityGroupRules: entry('rules-modified', readRulesModified, 'modify-rules.rdp-world'),
    RevokeSecurityGroupIngress: entry('rules-removed', readRevokeIngress, 'revoke-ingress'),
    RevokeSecurityGroupEgress: entry('rules-removed', readRevokeEgress, 'revoke-egress'),
    DeleteSecurityGroup: entry('rules-removed', readGroupDeleted, 'delete-group'),
    CreateSecurityGroup: entry('group-created', readGroupCreated, 'create-group'),
    CreateVpc: entry('vpc-created', readVpcCreated, 'create-vpc'),
    CreateDefaultVpc: entry('vpc-created', readVpcCreated, 'create-default-vpc'),
    ModifyManagedPrefixList: entry('prefix-list-changed', readPrefixListModified, 'modify-prefix-list.world'),
    RestoreManagedPrefixListVersion: entry('prefix-list-changed', readPrefixListRestored, 'restore-prefix-list'),
    RunInstances: entry('attached', readRunInstances, 'run-instances.launch-template'),
    CreateNetworkInterface: entry('attached', readInterfaceCreated, 'create-network-interface.default-group'),
    ModifyNetworkInterfaceAttribute: entry('attached', readAttributeModified, 'modify-network-interface-attribute'),
    ModifyInstanceAttribute: entry('attached', readAttributeModified, 'modify-instance-attribute'),
    AssociateSecurityGroupVpc: entry('attached', readVpcAssociated, 'associate-group-vpc'),
    CreateTags: { trigger: 'tagged', selects: ['exemption-tags'], read: readTagsCreated, sample: 'create-tags' },
    DeleteTags: {
      trigger: 'tagged',
      selects: ['exemption-tags', 'all-tags-deleted'],
      read: readTagsDeleted,
      sample: 'delete-tags',
    },
  },
  'rds.amazonaws.com': {
    CreateDBInstance: entry('attached', readDatabaseCreated, 'create-db-instance.default-group'),
    CreateDBInstanceReadReplica: entry('attached', readDatabaseCreated, 'create-db-read-replica'),
    ModifyDBInstance: entry('attached', readDatabaseModified, 'modify-db-instance'),
    RestoreDBInstanceFromDBSnapshot: entry('attached', readDatabaseCreated, 'restore-db-instance-snapshot'),
    RestoreDBInstanceFromS3: entry('attached', readDatabaseCreated, 'restore-db-instance-s3'),
    RestoreDBInstanceToPointInTime: entry('attached', readDatabaseCreated, 'restore-db-instance-time'),
    CreateDBCluster: entry('attached', readDatabaseCreated, 'create-db-cluster'),
    ModifyDBCluster: entry('attached', readDatabaseModified, 'modify-db-cluster'),
    RestoreDBClusterFromS3: entry('attached', readDatabaseCreated, 'restore-db-cluster-s3'),
    RestoreDBClusterFromSnapshot: entry('attached', readDatabaseCreated, 'restore-db-cluster-snapshot'),
    RestoreDBClusterToPointInTime: entry('attached', readDatabaseCreated, 'restore-db-cluster-time'),
  },
  'elasticache.amazonaws.com': {
    CreateCacheCluster: entry('attached', readDatabaseCreated, 'create-cache-cluster'),
    ModifyCacheCluster: entry('attached', readDatabaseModified, 'modify-cache-cluster'),
    CreateReplicationGroup: entry('attached', readDatabaseCreated, 'create-replication-group'),
    ModifyReplicationGroup: entry('attached', readDatabaseModified, 'modify-replication-group.groups'),
    CreateServerlessCache: entry('attached', readDatabaseCreated, 'create-serverless-cache'),
    ModifyServerlessCache: entry('attached', readDatabaseModified, 'modify-serverless-cache'),
  },
} as const satisfies CallTable;

function entry<T extends Exclude<Trigger, 'tagged' | 'sweep'>>(
  trigger: T,
  read: CloudTrailCall['read'],
  sample: string,
) {
  return { trigger, read, sample };
}

/** The entry of a call. A record without an `eventSource` matches the call of any service. */
export function findCall(
  name: string,
  service: string | undefined,
  table: CallTable = CLOUDTRAIL_CALLS,
): CloudTrailCall | undefined {
  const services = service === undefined ? Object.values(table) : Object.hasOwn(table, service) ? [table[service]] : [];
  return services.find((calls) => calls !== undefined && Object.hasOwn(calls, name))?.[name];
}
