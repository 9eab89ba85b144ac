import { EventUnreadable } from '../../domain/errors.ts';
import type { EventSubject } from '../event-subject.ts';
import { asFields, asInteger, type Fields, field, listField, lowerKeys } from '../fields.ts';
import { prefixListIdOf } from '../ids.ts';
import type { TrailRecord } from './record.ts';
import { wrappedPart } from './wrapped.ts';

type ListCall = 'ModifyManagedPrefixList' | 'RestoreManagedPrefixListVersion';

/** The list as the response states it: still at the version before the change. */
const answeredList = (record: TrailRecord, call: ListCall): Fields => {
  const list = asFields(field(wrappedPart(record, 'responseElements', `${call}Response`), 'prefixlist'));
  return list === undefined ? {} : lowerKeys(list);
};

/** A new name, a new size and entries that go let nobody in; where the request is not there, it may have added some. */
const addsEntries = (request: Fields, call: ListCall): boolean =>
  call === 'RestoreManagedPrefixListVersion' ||
  prefixListIdOf(field(request, 'prefixlistid')) === undefined ||
  ['addentry', 'addentries'].some((name) => listField(request, name).length > 0);

/**
 * Reads ModifyManagedPrefixList and RestoreManagedPrefixListVersion: every group that names the list is to be looked at.
 * `CurrentVersion` of the request is the version before the change.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
 * @throws EventUnreadable where the list cannot be told.
 */
export const readListChange = (record: TrailRecord, call: ListCall): EventSubject => {
  const request = wrappedPart(record, 'requestParameters', `${call}Request`);
  const answer = answeredList(record, call);
  const id = prefixListIdOf(field(request, 'prefixlistid')) ?? prefixListIdOf(field(answer, 'prefixlistid'));
  if (id === undefined) {
    throw new EventUnreadable(
      `${record.prefix}requestParameters.${call}Request.PrefixListId`,
      'a prefix list id such as pl-0123456789abcdef0',
    );
  }
  const version = asInteger(field(request, 'currentversion')) ?? asInteger(field(answer, 'version'));
  if (!addsEntries(request, call)) return { scope: { by: 'prefix-list', ids: [id] }, brought: { kind: 'unknown' } };
  return {
    scope: { by: 'prefix-list', ids: [id], ...(version === undefined ? {} : { since: version }) },
    brought: { kind: 'prefix-list', id, ...(version === undefined ? {} : { version }) },
  };
};
