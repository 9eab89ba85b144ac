import type { Actor } from './change.ts';
import { matchesGlob } from './glob.ts';

/**
 * The last part of an ARN: the user's name, the session's (with single sign-on, the person's address), or `root`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export const principalName = (arn: string): string =>
  arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);

const SESSION = /^arn:([^:]*):sts::(\d*):assumed-role\/([^/]+)\//;

/** The role of a session as IAM would name it if it had no path: a role's name is unique in its account, whatever its path. */
const roleOf = (arn: string): readonly string[] => {
  const [, partition, account, name] = SESSION.exec(arn) ?? [];
  return name === undefined ? [] : [`arn:${partition}:iam::${account}:role/${name}`];
};

/** Whoever assumes a role chooses the session's name, so what stands in a pattern for the role has to fit the role, not the name behind it. */
const namesSession = (pattern: string, arn: string): boolean => {
  const [, , , role] = SESSION.exec(arn) ?? [];
  const [, meant = ''] = pattern.split('/');
  return matchesGlob(pattern, arn) && (role === undefined || matchesGlob(meant, role));
};

/**
 * Whether a glob of ARNs (`*` only) names who made a call: the user, the session, or the role behind the session, with its path (where
 * the event tells it) or without.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export const namesActor = (pattern: string, { arn, role }: Pick<Actor, 'arn' | 'role'>): boolean => {
  const roles = [...(arn === undefined ? [] : roleOf(arn)), ...(role === undefined ? [] : [role])];
  return (arn !== undefined && namesSession(pattern, arn)) || roles.some((name) => matchesGlob(pattern, name));
};

/** Whether an ARN is that of a session of a role, whatever the role's path. */
export const isSessionOf = (roleArn: string, arn: string): boolean => {
  const [, partition, , , account, resource = ''] = roleArn.split(':');
  return roleOf(arn).includes(`arn:${partition}:iam::${account}:role/${resource.slice(resource.lastIndexOf('/') + 1)}`);
};
