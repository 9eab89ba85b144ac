import type { Trigger } from '../model/change.ts';

/** EC2's calls that change a security group or make one, and what they trigger. Event patterns are derived from this table. */
export const CALLS = {
  AuthorizeSecurityGroupIngress: 'rules-added',
  AuthorizeSecurityGroupEgress: 'rules-added',
  ModifySecurityGroupRules: 'rules-modified',
  RevokeSecurityGroupIngress: 'rules-removed',
  RevokeSecurityGroupEgress: 'rules-removed',
  CreateSecurityGroup: 'group-created',
  CreateVpc: 'vpc-created',
  CreateDefaultVpc: 'vpc-created',
} as const satisfies Readonly<Record<string, Trigger>>;

/** Name of a call that is read. */
export type Call = keyof typeof CALLS;

/** Whether a call changes a security group or makes one. */
export const isCall = (name: string): name is Call => Object.hasOwn(CALLS, name);
