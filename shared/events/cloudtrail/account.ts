import type { Change } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { asFields, textField } from '../fields.ts';

/**
 * Refuses a record that is not about the cell's own account. AWS delivers a copy of an event on a shared resource to the owner and to the
 * caller, each with its own account as the recipient, so each cell handles its own copy.
 *
 * @param event as EventBridge delivered it.
 * @param own the cell's account.
 * @throws EventUnreadable where the record, or the envelope around it, names another account.
 */
export function checkAccount(event: unknown, { account }: Pick<Change, 'account'>, own: string): void {
  if (account !== own)
    throw new EventUnreadable('detail.recipientAccountId', `${own}, the account of this cell, found ${account}`);
  const envelope = textField(asFields(event) ?? {}, 'account');
  if (envelope !== undefined && envelope !== account)
    throw new EventUnreadable('account', `${account}, the account of the record inside, found ${envelope}`);
}
