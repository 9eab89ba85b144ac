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

/** Tag calls that an event pattern selects: those with an exemption tag, and those that delete all tags because they name none. */
export type TagSelection = 'exemption-tags' | 'all-tags-deleted';

/** One CloudTrail call that Portcullis handles. Everything about the call is here. */
export type CloudTrailCall = {
  /** Returns which groups the call concerns, or undefined if this call concerns none. Throws EventUnreadable. */
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
 * The calls that change a security group, create or attach one, or change what its rules mean. The parser, the event patterns and the
 * tests derive from this table. Amazon DocumentDB and Neptune use RDS's calls.
 */
export const CLOUDTRAIL_CALLS = {
  'ec2.amazonaws.com': {
    AuthorizeSecurityGroupIngress: {
      trigger: 'rules-added',
      read: readAuthorizeIngress,
      sample: 'authorize-ingress.ssh-world-and-private',
    },
    AuthorizeSecurityGroupEgress: { trigger: 'rules-added', read: readAuthorizeEgress, sample: 'authorize-egress' },
    ModifySecurityGroupRules: { trigger: 'rules-modified', read: readRulesModified, sample: 'modify-rules.rdp-world' },
    RevokeSecurityGroupIngress: { trigger: 'rules-removed', read: readRevokeIngress, sample: 'revoke-ingress' },
    RevokeSecurityGroupEgress: { trigger: 'rules-removed', read: readRevokeEgress, sample: 'revoke-egress' },
    DeleteSecurityGroup: { trigger: 'rules-removed', read: readGroupDeleted, sample: 'delete-group' },
    CreateSecurityGroup: { trigger: 'group-created', read: readGroupCreated, sample: 'create-group' },
    CreateVpc: { trigger: 'vpc-created', read: readVpcCreated, sample: 'create-vpc' },
    CreateDefaultVpc: { trigger: 'vpc-created', read: readVpcCreated, sample: 'create-default-vpc' },
    ModifyManagedPrefixList: {
      trigger: 'prefix-list-changed',
      read: readPrefixListModified,
      sample: 'modify-prefix-list.world',
    },
    RestoreManagedPrefixListVersion: {
      trigger: 'prefix-list-changed',
      read: readPrefixListRestored,
      sample: 'restore-prefix-list',
    },
    RunInstances: { trigger: 'attached', read: readRunInstances, sample: 'run-instances.launch-template' },
    CreateNetworkInterface: {
      trigger: 'attached',
      read: readInterfaceCreated,
      sample: 'create-network-interface.default-group',
    },
    ModifyNetworkInterfaceAttribute: {
      trigger: 'attached',
      read: readAttributeModified,
      sample: 'modify-network-interface-attribute',
    },
    ModifyInstanceAttribute: { trigger: 'attached', read: readAttributeModified, sample: 'modify-instance-attribute' },
    AssociateSecurityGroupVpc: { trigger: 'attached', read: readVpcAssociated, sample: 'associate-group-vpc' },
    CreateTags: { trigger: 'tagged', selects: ['exemption-tags'], read: readTagsCreated, sample: 'create-tags' },
    DeleteTags: {
      trigger: 'tagged',
      selects: ['exemption-tags', 'all-tags-deleted'],
      read: readTagsDeleted,
      sample: 'delete-tags',
    },
  },
  'rds.amazonaws.com': {
    CreateDBInstance: { trigger: 'attached', read: readDatabaseCreated, sample: 'create-db-instance.default-group' },
    CreateDBInstanceReadReplica: { trigger: 'attached', read: readDatabaseCreated, sample: 'create-db-read-replica' },
    ModifyDBInstance: { trigger: 'attached', read: readDatabaseModified, sample: 'modify-db-instance' },
    RestoreDBInstanceFromDBSnapshot: {
      trigger: 'attached',
      read: readDatabaseCreated,
      sample: 'restore-db-instance-snapshot',
    },
    RestoreDBInstanceFromS3: { trigger: 'attached', read: readDatabaseCreated, sample: 'restore-db-instance-s3' },
    RestoreDBInstanceToPointInTime: {
      trigger: 'attached',
      read: readDatabaseCreated,
      sample: 'restore-db-instance-time',
    },
    CreateDBCluster: { trigger: 'attached', read: readDatabaseCreated, sample: 'create-db-cluster' },
    ModifyDBCluster: { trigger: 'attached', read: readDatabaseModified, sample: 'modify-db-cluster' },
    RestoreDBClusterFromS3: { trigger: 'attached', read: readDatabaseCreated, sample: 'restore-db-cluster-s3' },
    RestoreDBClusterFromSnapshot: {
      trigger: 'attached',
      read: readDatabaseCreated,
      sample: 'restore-db-cluster-snapshot',
    },
    RestoreDBClusterToPointInTime: {
      trigger: 'attached',
      read: readDatabaseCreated,
      sample: 'restore-db-cluster-time',
    },
  },
  'elasticache.amazonaws.com': {
    CreateCacheCluster: { trigger: 'attached', read: readDatabaseCreated, sample: 'create-cache-cluster' },
    ModifyCacheCluster: { trigger: 'attached', read: readDatabaseModified, sample: 'modify-cache-cluster' },
    CreateReplicationGroup: { trigger: 'attached', read: readDatabaseCreated, sample: 'create-replication-group' },
    ModifyReplicationGroup: {
      trigger: 'attached',
      read: readDatabaseModified,
      sample: 'modify-replication-group.groups',
    },
    CreateServerlessCache: { trigger: 'attached', read: readDatabaseCreated, sample: 'create-serverless-cache' },
    ModifyServerlessCache: { trigger: 'attached', read: readDatabaseModified, sample: 'modify-serverless-cache' },
  },
} as const satisfies CallTable;

/** The entry of a call. A record without an `eventSource` matches the call of any service. */
export function findCall(
  name: string,
  service: string | undefined,
  table: CallTable = CLOUDTRAIL_CALLS,
): CloudTrailCall | undefined {
  const services = service === undefined ? Object.values(table) : Object.hasOwn(table, service) ? [table[service]] : [];
  return services.find((calls) => calls !== undefined && Object.hasOwn(calls, name))?.[name];
}
