import type { EventSubject } from '../event-subject.ts';
import {
  readAssociated,
  readAttribute,
  readInterfaceCreated,
  readRunInstances,
  readStoreCreated,
  readStoreModified,
} from './attached.ts';
import type { Call } from './calls.ts';
import { readGroupCreated, readVpcCreated } from './created.ts';
import { readGroupDeleted } from './deleted.ts';
import { readModify } from './modify.ts';
import { readListChange } from './prefix-list.ts';
import type { TrailRecord } from './record.ts';
import { readRulesCall } from './rules.ts';
import { readTagCall } from './tags.ts';

/** Reads what a record is about; undefined where the call had nothing to do with security groups this time. Throws EventUnreadable. */
type Reader = (record: TrailRecord) => EventSubject | undefined;

const rulesOf =
  (direction: 'ingress' | 'egress'): Reader =>
  (record) =>
    readRulesCall(record, direction);

const listOf =
  (call: Parameters<typeof readListChange>[1]): Reader =>
  (record) =>
    readListChange(record, call);

const tagsOf =
  (call: Parameters<typeof readTagCall>[1]): Reader =>
  (record) =>
    readTagCall(record, call);

/** How each call is read. */
export const READERS: Readonly<Record<Call, Reader>> = {
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
  CreateDBInstance: readStoreCreated,
  CreateDBInstanceReadReplica: readStoreCreated,
  ModifyDBInstance: readStoreModified,
  RestoreDBInstanceFromDBSnapshot: readStoreCreated,
  RestoreDBInstanceFromS3: readStoreCreated,
  RestoreDBInstanceToPointInTime: readStoreCreated,
  CreateDBCluster: readStoreCreated,
  ModifyDBCluster: readStoreModified,
  RestoreDBClusterFromS3: readStoreCreated,
  RestoreDBClusterFromSnapshot: readStoreCreated,
  RestoreDBClusterToPointInTime: readStoreCreated,
  CreateCacheCluster: readStoreCreated,
  ModifyCacheCluster: readStoreModified,
  CreateReplicationGroup: readStoreCreated,
  ModifyReplicationGroup: readStoreModified,
  CreateServerlessCache: readStoreCreated,
  ModifyServerlessCache: readStoreModified,
};
