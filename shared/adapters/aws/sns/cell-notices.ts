import type { Notices } from '../../../domain/ports.ts';
import type { LedgerCell } from '../dynamodb/ledger/ledger.ts';
import { accountAlias, aliasClient } from '../iam/account-alias.ts';
import { type NoticeCell, notices, noticesClient } from './notices.ts';

/** The cell's voice, with the account's alias: make it once per container. */
export const cellNotices = (cell: NoticeCell & Pick<LedgerCell, 'clients' | 'clock'>): Notices =>
  notices(noticesClient(cell.clients), accountAlias(aliasClient(cell.clients), cell.clock, cell.journal), cell);
