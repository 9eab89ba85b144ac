import { EventUnreadable } from '../../domain/errors.ts';
import { groupIdOf, vpcIdOf } from '../ids.ts';
import { asFields, field, textField } from '../json.ts';
import { type EventSubject, partOf, type TrailRecord } from './record.ts';

/**
 * Reads CreateSecurityGroup: everything in the new group is fresh. Where the response with its id was left out, the group goes by its
 * name; groups of other VPCs may share that, so nothing counts as brought then.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 * @throws EventUnreadable where there is neither an id nor a name.
 */
export function readGroupCreated(record: TrailRecord): EventSubject {
  const id = groupIdOf(field(partOf(record, 'responseElements'), 'groupId'));
  if (id !== undefined) return { scope: { by: 'group-id', ids: [id] }, added: { kind: 'everything' } };
  const name = textField(partOf(record, 'requestParameters'), 'groupName');
  if (name !== undefined) return { scope: { by: 'group-name', names: [name] }, added: { kind: 'unknown' } };
  throw new EventUnreadable(
    `${record.prefix}responseElements.groupId`,
    'a security group id such as sg-0123456789abcdef0',
  );
}

/**
 * Reads CreateVpc and CreateDefaultVpc: the new VPC's default group has no id in the event, and no event of its own.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 * @throws EventUnreadable where the VPC cannot be told.
 */
export function readVpcCreated(record: TrailRecord): EventSubject {
  const vpc = asFields(field(partOf(record, 'responseElements'), 'vpc'));
  const id = vpc === undefined ? undefined : vpcIdOf(field(vpc, 'vpcId'));
  if (id === undefined)
    throw new EventUnreadable(`${record.prefix}responseElements.vpc.vpcId`, 'a VPC id such as vpc-0123456789abcdef0');
  return { scope: { by: 'default-group-of-vpc', vpcIds: [id] }, added: { kind: 'everything' } };
}

/**
 * Reads DeleteSecurityGroup: which rules went with it is told nowhere. A group of the default VPC may be named instead.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
 * @throws EventUnreadable where there is neither an id nor a name.
 */
export function readGroupDeleted(record: TrailRecord): EventSubject {
  const [request, response] = [partOf(record, 'requestParameters'), partOf(record, 'responseElements')];
  const id = groupIdOf(field(request, 'groupId')) ?? groupIdOf(field(response, 'groupId'));
  if (id !== undefined) return { scope: { by: 'group-id', ids: [id] }, added: { kind: 'unknown' } };
  const name = textField(request, 'groupName');
  if (name !== undefined) return { scope: { by: 'group-name', names: [name] }, added: { kind: 'unknown' } };
  throw new EventUnreadable(
    `${record.prefix}requestParameters.groupId`,
    'a security group id such as sg-0123456789abcdef0',
  );
}
