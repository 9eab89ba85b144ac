import { describe, expect, it } from 'vitest';
import { EventUnreadable } from '../../../shared/domain/errors.ts';
import { checkAccount } from '../../../shared/events/cloudtrail/cloudtrail.ts';

const OWN = '111122223333';
const OTHER = '999999999999';

describe('the account of an event', () => {
  it('must be the cell’s own in the record and the envelope', () => {
    expect(() => checkAccount({ account: OWN, detail: {} }, { account: OWN }, OWN)).not.toThrow();
    expect(() => checkAccount({ eventName: 'x' }, { account: OWN }, OWN)).not.toThrow();
  });

  it.each([
    [
      { account: OTHER, detail: {} },
      OTHER,
      'detail.recipientAccountId: expected 111122223333, the account of this cell',
    ],
    [
      { account: OTHER, detail: {} },
      OWN,
      'account: expected 111122223333, the account of the record inside, found 9999',
    ],
    [{ account: OWN, detail: {} }, OTHER, 'the account of this cell, found 999999999999'],
    [{ account: OWN, detail: {} }, 'unknown', 'found unknown'],
  ])('is refused if it is another: %j with %s', (event, account, says) => {
    expect(() => checkAccount(event, { account }, OWN)).toThrow(EventUnreadable);
    expect(() => checkAccount(event, { account }, OWN)).toThrow(says);
  });
});
