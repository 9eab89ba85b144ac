import type { Notices } from '../model/ports.ts';
import { accountAlias, aliasClient } from './account-alias.ts';
import type { Cell } from './cell.ts';
import { notices, noticesClient } from './notices.ts';

/** The cell's voice, with the account's alias: make it once per container. */
export const cellNotices = (cell: Cell): Notices =>
  notices(noticesClient(), accountAlias(aliasClient(), cell.clock, cell.journal), cell);
