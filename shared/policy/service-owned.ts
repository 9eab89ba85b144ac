import type { Group } from '../model/group.ts';
import type { Policy } from '../model/policy.ts';

/** Whether a text has the parts of a glob (`*` only) in their order. Linear: each part is looked for once, leftmost first. */
const matches = (glob: string, text: string): boolean => {
  const [head = '', ...rest] = glob.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === glob;
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
  let from = head.length;
  const end = text.length - tail.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
};

/**
 * By what a group is known to belong to an AWS service, in words; undefined where it is an ordinary group, or one that the policy
 * puts under its rule by id or name.
 */
export const serviceOwner = (group: Group, { serviceOwned }: Policy): string | undefined => {
  const { names, tagKeys, except } = serviceOwned;
  if (except.some((glob) => glob === group.id || matches(glob, group.name))) return undefined;
  const glob = names.find((one) => matches(one, group.name));
  if (glob !== undefined) return `an AWS service (its name matches ${glob})`;
  const key = tagKeys.find((one) => Object.hasOwn(group.tags, one));
  return key === undefined ? undefined : `an AWS service (it has the tag ${key})`;
};
