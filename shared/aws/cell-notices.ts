import type { Clock, Notices } from '../model/ports.ts';
import { accountAlias, aliasClient } from './account-alias.ts';
import { type NoticeCell, notices, noticesClient } from './notices.ts';

/** The cell's voice, with the account's alias: make it once per container. */
export const cellNotices = (cell: NoticeCell & { readonly clock: Clock }): Notices =>
  notices(noticesClient(), accountAlias(aliasClient(), cell.clock, cell.journal), cell);
