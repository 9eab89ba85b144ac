import type { Actor } from './change.ts';
import { matchesGlob } from './glob.ts';

const SESSION = /^arn:([^:]*):sts::(\d*):assumed-role\/([^/]+)\//;

/** The role of a session as IAM would name it if it had no path: a role's name is unique in its account, whatever its path. */
const roleOf = (arn: string): readonly string[] => {
  const [, partition, account, name] = SESSION.exec(arn) ?? [];
  return name === undefined ? [] : [`arn:${partition}:iam::${account}:role/${name}`];
};

/**
 * Whether a glob of ARNs (`*` only) names who made a call: the user, the session, or the role behind the session, with its path (where
 * the event tells it) or without.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export const namesActor = (pattern: string, { arn, role }: Pick<Actor, 'arn' | 'role'>): boolean => {
  const known = [...(arn === undefined ? [] : [arn, ...roleOf(arn)]), ...(role === undefined ? [] : [role])];
  return known.some((name) => matchesGlob(pattern, name));
};
