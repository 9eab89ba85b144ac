import type { GroupIdentity } from '../../domain/group.ts';

/**
 * Whether it is a VPC's default group: EC2 gives every VPC one of this name and refuses the name for any other.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export const isDefaultGroup = ({ name }: Pick<GroupIdentity, 'name'>): boolean => name === 'default';
