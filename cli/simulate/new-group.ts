import type { Change } from '../../shared/domain/change.ts';
import type { Group } from '../../shared/domain/group.ts';
import type { Direction, Rule, Source } from '../../shared/domain/rule.ts';
import { openRecord, partOf } from '../../shared/events/cloudtrail/record.ts';
import { textField } from '../../shared/events/fields.ts';

const everything = (groupId: string, direction: Direction, source: Source): Rule => ({
  groupId,
  direction,
  protocol: '-1',
  fromPort: -1,
  toPort: -1,
  source,
});

const outbound = (groupId: string): Rule => everything(groupId, 'egress', { kind: 'ipv4', cidr: '0.0.0.0/0' });

/**
 * The default group of a new VPC: its members reach each other, and everything outside.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
const defaultGroup = (vpcId: string, id: string): Group => ({
  id,
  name: 'default',
  vpcId,
  tags: {},
  rules: [everything(id, 'ingress', { kind: 'group', groupId: id }), outbound(id)],
});

/** A group as the event itself tells it. It has no rules but the one that EC2 gives every new group. */
const bareGroup = (id: string, change: Change, event: unknown): Group => {
  const request = partOf(openRecord(event), 'requestParameters');
  const vpcId = textField(request, 'vpcId');
  return {
    id,
    name: textField(request, 'groupName') ?? '',
    ...(vpcId === undefined ? {} : { vpcId }),
    tags: {},
    rules: change.trigger === 'group-created' ? [outbound(id)] : [],
  };
};

/** The groups that a change touches, as far as its event alone tells. There are none if the event does not name them by id. */
export const groupsToldBy = (change: Change, event: unknown): readonly Group[] => {
  const { scope } = change;
  switch (scope.by) {
    case 'group-id':
      return scope.ids.map((id) => bareGroup(id, change, event));
    case 'default-group-of-vpc':
      return scope.vpcIds.map((vpcId) => defaultGroup(vpcId, vpcId.replace(/^vpc-/, 'sg-default-of-')));
    case 'group-name':
    case 'rule-id':
    case 'prefix-list':
    case 'interface':
      return [];
    default:
      return scope satisfies never;
  }
};
