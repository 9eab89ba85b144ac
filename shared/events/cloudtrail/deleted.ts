import { EventUnreadable } from '../../domain/errors.ts';
import type { EventSubject } from '../event-subject.ts';
import { field, textField } from '../fields.ts';
import { groupIdOf } from '../ids.ts';
import { partOf, type TrailRecord } from './record.ts';

/**
 * Reads DeleteSecurityGroup: which rules went with it is told nowhere. A group of the default VPC may be named instead.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
 * @throws EventUnreadable where there is neither an id nor a name.
 */
export const readGroupDeleted = (record: TrailRecord): EventSubject => {
  const [request, response] = [partOf(record, 'requestParameters'), partOf(record, 'responseElements')];
  const id = groupIdOf(field(request, 'groupId')) ?? groupIdOf(field(response, 'groupId'));
  if (id !== undefined) return { scope: { by: 'group-id', ids: [id] }, brought: { kind: 'unknown' } };
  const name = textField(request, 'groupName');
  if (name !== undefined) return { scope: { by: 'group-name', names: [name] }, brought: { kind: 'unknown' } };
  throw new EventUnreadable(
    `${record.prefix}requestParameters.groupId`,
    'a security group id such as sg-0123456789abcdef0',
  );
};
