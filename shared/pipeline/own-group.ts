import type { Group } from '../model/group.ts';

/** Whether a group is for this account's cell and rules: those that another account shares with it are for that account's. */
export const isOwnGroup = ({ ownerId }: Group, { account }: { readonly account: string }): boolean =>
  ownerId === undefined || ownerId === account;
