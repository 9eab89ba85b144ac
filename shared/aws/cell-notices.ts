import type { Notices } from '../model/ports.ts';
import { accountAlias, aliasClient } from './account-alias.ts';
import type { LedgerCell } from './ledger.ts';
import { type NoticeCell, notices, noticesClient } from './notices.ts';

/** The cell's voice, with the account's alias: make it once per container. */
export const cellNotices = (cell: NoticeCell & Pick<LedgerCell, 'clients' | 'clock'>): Notices =>
  notices(noticesClient(cell.clients), accountAlias(aliasClient(cell.clients), cell.clock, cell.journal), cell);
