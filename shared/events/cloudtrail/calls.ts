import type { Trigger } from '../../domain/change.ts';
import {
  readAssociated,
  readAttribute,
  readDatabaseCreated,
  readDatabaseModified,
  readInterfaceCreated,
  readRunInstances,
} from './attachments.ts';
import { readGroupCreated, readGroupDeleted, readVpcCreated } from './groups.ts';
import type { EventSubject, TrailRecord } from './record.ts';
import { readListChange, readModify, readRulesCall } from './rules.ts';
import { readTagCall } from './tags.ts';

/**
 * Calls that change a security group, make one, change what its rules mean or attach it, by the service's name in events. Event
 * patterns are derived from this table. Amazon DocumentDB and Neptune are called through RDS.
 */
export const SERVICE_CALLS = {
  'ec2.amazonaws.com': {
    AuthorizeSecurityGroupIngress: 'rules-added',
    AuthorizeSecurityGroupEgress: 'rules-added',
    ModifySecurityGroupRules: 'rules-modified',
    RevokeSecurityGroupIngress: 'rules-removed',
    RevokeSecurityGroupEgress: 'rules-removed',
    DeleteSecurityGroup: 'rules-removed',
    CreateSecurityGroup: 'group-created',
    CreateVpc: 'vpc-created',
    CreateDefaultVpc: 'vpc-created',
    ModifyManagedPrefixList: 'prefix-list-changed',
    RestoreManagedPrefixListVersion: 'prefix-list-changed',
    RunInstances: 'attached',
    CreateNetworkInterface: 'attached',
    ModifyNetworkInterfaceAttribute: 'attached',
    ModifyInstanceAttribute: 'attached',
    AssociateSecurityGroupVpc: 'attached',
    CreateTags: 'tagged',
    DeleteTags: 'tagged',
  },
  'rds.amazonaws.com': {
    CreateDBInstance: 'attached',
    CreateDBInstanceReadReplica: 'attached',
    ModifyDBInstance: 'attached',
    RestoreDBInstanceFromDBSnapshot: 'attached',
    RestoreDBInstanceFromS3: 'attached',
    RestoreDBInstanceToPointInTime: 'attached',
    CreateDBCluster: 'attached',
    ModifyDBCluster: 'attached',
    RestoreDBClusterFromS3: 'attached',
    RestoreDBClusterFromSnapshot: 'attached',
    RestoreDBClusterToPointInTime: 'attached',
  },
  'elasticache.amazonaws.com': {
    CreateCacheCluster: 'attached',
    ModifyCacheCluster: 'attached',
    CreateReplicationGroup: 'attached',
    ModifyReplicationGroup: 'attached',
    CreateServerlessCache: 'attached',
    ModifyServerlessCache: 'attached',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Trigger>>>>;

/** Name of a service in events, such as `ec2.amazonaws.com`. */
type Service = keyof typeof SERVICE_CALLS;

/** Every call with what it triggers; no two services share a name. */
export const CALLS = {
  ...SERVICE_CALLS['ec2.amazonaws.com'],
  ...SERVICE_CALLS['rds.amazonaws.com'],
  ...SERVICE_CALLS['elasticache.amazonaws.com'],
};

/** Name of a call that is read. */
export type Call = keyof typeof CALLS;

function isService(name: string): name is Service {
  return Object.hasOwn(SERVICE_CALLS, name);
}

/** Whether a call is read: one of the service's, or of any where the event does not name the service. */
export function isCall(name: string, service: string | undefined): name is Call {
  if (service === undefined) return Object.hasOwn(CALLS, name);
  return isService(service) && Object.hasOwn(SERVICE_CALLS[service], name);
}

/** Reads what a record is about; undefined where the call had nothing to do with security groups this time. Throws EventUnreadable. */
type CallReader = (record: TrailRecord) => EventSubject | undefined;

function rulesOf(direction: 'ingress' | 'egress'): CallReader {
  return (record) => readRulesCall(record, direction);
}

function listOf(call: Parameters<typeof readListChange>[1]): CallReader {
  return (record) => readListChange(record, call);
}

function tagsOf(call: Parameters<typeof readTagCall>[1]): CallReader {
  return (record) => readTagCall(record, call);
}

/** How each call is read. */
export const READERS: Readonly<Record<Call, CallReader>> = {
  AuthorizeSecurityGroupIngress: rulesOf('ingress'),
  AuthorizeSecurityGroupEgress: rulesOf('egress'),
  RevokeSecurityGroupIngress: rulesOf('ingress'),
  RevokeSecurityGroupEgress: rulesOf('egress'),
  ModifySecurityGroupRules: readModify,
  CreateSecurityGroup: readGroupCreated,
  DeleteSecurityGroup: readGroupDeleted,
  CreateVpc: readVpcCreated,
  CreateDefaultVpc: readVpcCreated,
  ModifyManagedPrefixList: listOf('ModifyManagedPrefixList'),
  RestoreManagedPrefixListVersion: listOf('RestoreManagedPrefixListVersion'),
  RunInstances: readRunInstances,
  CreateNetworkInterface: readInterfaceCreated,
  ModifyNetworkInterfaceAttribute: readAttribute,
  ModifyInstanceAttribute: readAttribute,
  AssociateSecurityGroupVpc: readAssociated,
  CreateTags: tagsOf('CreateTags'),
  DeleteTags: tagsOf('DeleteTags'),
  CreateDBInstance: readDatabaseCreated,
  CreateDBInstanceReadReplica: readDatabaseCreated,
  ModifyDBInstance: readDatabaseModified,
  RestoreDBInstanceFromDBSnapshot: readDatabaseCreated,
  RestoreDBInstanceFromS3: readDatabaseCreated,
  RestoreDBInstanceToPointInTime: readDatabaseCreated,
  CreateDBCluster: readDatabaseCreated,
  ModifyDBCluster: readDatabaseModified,
  RestoreDBClusterFromS3: readDatabaseCreated,
  RestoreDBClusterFromSnapshot: readDatabaseCreated,
  RestoreDBClusterToPointInTime: readDatabaseCreated,
  CreateCacheCluster: readDatabaseCreated,
  ModifyCacheCluster: readDatabaseModified,
  CreateReplicationGroup: readDatabaseCreated,
  ModifyReplicationGroup: readDatabaseModified,
  CreateServerlessCache: readDatabaseCreated,
  ModifyServerlessCache: readDatabaseModified,
};
