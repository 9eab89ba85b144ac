import { EventUnreadable } from '../../domain/errors.ts';
import { A_GROUP_ID, groupIdOf, vpcIdOf } from '../ids.ts';
import { asFields, field, textField } from '../json.ts';
import { type EventSubject, partOf, type TrailRecord } from './record.ts';
import { tagsOfCreated } from './tags.ts';

/**
 * Reads CreateSecurityGroup: every rule of the new group counts as added. If CloudTrail omitted the response,
 * only the name is known. Groups of other VPCs may have the same name, so no rule counts as added then.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 * @throws EventUnreadable if the record has neither an id nor a name.
 */
export function readGroupCreated(record: TrailRecord): EventSubject {
  const id = groupIdOf(field(partOf(record, 'responseElements'), 'groupId'));
  if (id !== undefined)
    return { scope: { by: 'group-id', ids: [id] }, added: { kind: 'everything' }, ...tagsOfCreated(record) };
  return namedGroup(record, 'responseElements.groupId');
}

/**
 * Reads DeleteSecurityGroup. The event does not say which rules the group had. A call on the default VPC may
 * give only the name.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
 * @throws EventUnreadable if the record has neither an id nor a name.
 */
export function readGroupDeleted(record: TrailRecord): EventSubject {
  const parts = [partOf(record, 'requestParameters'), partOf(record, 'responseElements')];
  const [id] = parts.flatMap((part) => groupIdOf(field(part, 'groupId')) ?? []);
  if (id !== undefined) return { scope: { by: 'group-id', ids: [id] }, added: { kind: 'unknown' } };
  return namedGroup(record, 'requestParameters.groupId');
}

function namedGroup(record: TrailRecord, missing: string): EventSubject {
  const name = textField(partOf(record, 'requestParameters'), 'groupName');
  if (name === undefined) throw new EventUnreadable(`${record.prefix}${missing}`, A_GROUP_ID);
  return { scope: { by: 'group-name', names: [name] }, added: { kind: 'unknown' } };
}

/**
 * Reads CreateVpc and CreateDefaultVpc. The event does not name the new VPC's default group, and no other
 * event does.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 * @throws EventUnreadable if the record has no VPC id.
 */
export function readVpcCreated(record: TrailRecord): EventSubject {
  const vpc = asFields(field(partOf(record, 'responseElements'), 'vpc')) ?? {};
  const id = vpcIdOf(field(vpc, 'vpcId'));
  if (id === undefined)
    throw new EventUnreadable(`${record.prefix}responseElements.vpc.vpcId`, 'a VPC id such as vpc-0123456789abcdef0');
  return { scope: { by: 'default-group-of-vpc', vpcIds: [id] }, added: { kind: 'everything' } };
}
