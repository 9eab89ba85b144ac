import type { Actor } from '../change.ts';
import { matchesGlob } from '../glob.ts';

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

/** A pattern of a role with a path: the part before the path, and the name. */
const WITH_PATH = /^([^/]*:role\/)(?:[^/]+\/)+([^/]*)$/;

/** Whether a pattern names roles by their path alone: the name is left open, as in `role/team/*`. */
export const namesPathOnly = (pattern: string): boolean => /^\*|^$/.test(WITH_PATH.exec(pattern)?.[2] ?? 'a name');

/** The same pattern without the path, where it names a role by more than that: `role/team/Admin` becomes `role/Admin`. */
const withoutPath = (pattern: string): readonly string[] => {
  const [, head, name] = WITH_PATH.exec(pattern) ?? [];
  return head === undefined || name === undefined || namesPathOnly(pattern) ? [] : [head + name];
};

/**
 * Whether a glob of ARNs (`*` only) names who made a call: the user, the session, or the role behind the session.
 *
 * CloudTrail tells a role with its path, so a path in the pattern has to fit. The ARN of a session, which is all that STS tells, has no
 * path. Then the partition, the account and the name of the role count: IAM has each name of a role once in an account, whatever the path.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export const namesActor = (pattern: string, { arn, role }: Pick<Actor, 'arn' | 'role'>): boolean => {
  if (arn !== undefined && namesSession(pattern, arn)) return true;
  const named = arn === undefined ? [] : roleOf(arn);
  if (role !== undefined) return [...named, role].some((name) => matchesGlob(pattern, name));
  return [pattern, ...withoutPath(pattern)].some((one) => named.some((name) => matchesGlob(one, name)));
};

/** Whether an ARN is that of a session of a role, whatever the role's path. */
export const isSessionOf = (roleArn: string, arn: string): boolean => {
  const [, partition, , , account, resource = ''] = roleArn.split(':');
  return roleOf(arn).includes(`arn:${partition}:iam::${account}:role/${resource.slice(resource.lastIndexOf('/') + 1)}`);
};
