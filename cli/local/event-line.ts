import type { TrailEvent } from '../../infra/local/cloudtrail/event.ts';
import { actorOf } from '../../shared/events/cloudtrail/actor.ts';
import { openRecord } from '../../shared/events/cloudtrail/record.ts';
import { asFields, field, textField } from '../../shared/events/fields.ts';
import { plain } from '../../shared/network/text/format.ts';
import type { Paint } from '../../shared/reports/paint.ts';

/** What a call was about: the group, the list or the VPC that its request names. */
const subjectOf = (request: unknown): string => {
  const fields = asFields(request);
  if (fields === undefined) return '';
  const names = ['groupId', 'groupName', 'prefixListId', 'vpcId'];
  const found = names.flatMap((name) => textField(fields, name) ?? []);
  return found[0] ?? '';
};

/** `12:00:01  AuthorizeSecurityGroupIngress  sg-0123456789abcdef0  by example` */
export const eventLine = ({ time, detail }: TrailEvent, paint: Paint): string => {
  const { name, type } = actorOf(openRecord(detail));
  const error = textField(detail, 'errorCode');
  return [
    paint('faint', time.slice(11, 19)),
    paint('strong', plain(detail.eventName)),
    plain(subjectOf(field(detail, 'requestParameters'))),
    `by ${plain(name ?? type)}`,
    error === undefined ? '' : paint('bad', plain(error)),
  ]
    .filter((part) => part !== '')
    .join('  ');
};
