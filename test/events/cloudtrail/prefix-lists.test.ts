import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import { EventUnreadable } from '../../../shared/domain/errors.ts';
import { readCloudTrail } from '../../../shared/events/cloudtrail/cloudtrail.ts';
import { envelope, record } from '../events.ts';

const LIST = 'pl-0123456789abcdef0';

function read(call: string, requestParameters: unknown, responseElements: unknown = null): Change {
  const reading = readCloudTrail(envelope(record(call, { requestParameters, responseElements })));
  if (reading.kind !== 'change') throw new Error(`ignored: ${reading.reason}`);
  return reading.change;
}

function modify(request: unknown, response?: unknown): Change {
  return read('ModifyManagedPrefixList', { ModifyManagedPrefixListRequest: request }, response);
}

const ENTRY = { Cidr: '0.0.0.0/0', tag: 1 };

describe('ModifyManagedPrefixList', () => {
  it('selects every group with the list, and has the version before the change', () => {
    expect(modify({ PrefixListId: LIST, CurrentVersion: 3, AddEntry: ENTRY })).toMatchObject({
      call: 'ModifyManagedPrefixList',
      trigger: 'prefix-list-changed',
      scope: { by: 'prefix-list', ids: [LIST] },
      added: { kind: 'prefix-list', id: LIST, version: 3 },
    });
  });

  it.each([
    ['one entry as an object', { PrefixListId: LIST, CurrentVersion: 3, AddEntry: ENTRY }],
    ['several as an array', { PrefixListId: LIST, CurrentVersion: 3, AddEntry: [ENTRY, { Cidr: '::/0', tag: 2 }] }],
    ['a version as text', { PrefixListId: LIST, CurrentVersion: '3', AddEntry: ENTRY }],
    ['camelCase', { prefixListId: LIST, currentVersion: 3, addEntry: { cidr: '0.0.0.0/0', tag: '1' } }],
    ['upper case', { PREFIXLISTID: LIST, CURRENTVERSION: 3, ADDENTRY: ENTRY }],
    ['a list of items', { prefixListId: LIST, currentVersion: 3, addEntries: { items: [{ cidr: '0.0.0.0/0' }] } }],
  ])('is read with %s', (_, request) => {
    expect(modify(request).added).toEqual({ kind: 'prefix-list', id: LIST, version: 3 });
    expect(read('ModifyManagedPrefixList', request).added).toEqual({ kind: 'prefix-list', id: LIST, version: 3 });
  });

  it('is read without a version', () => {
    expect(modify({ PrefixListId: LIST, AddEntry: ENTRY }).added).toEqual({ kind: 'prefix-list', id: LIST });
    expect(modify({ PrefixListId: LIST, CurrentVersion: 'three', AddEntry: ENTRY }).added).toEqual({
      kind: 'prefix-list',
      id: LIST,
    });
  });

  it('takes the old version from the response', () => {
    const response = { ModifyManagedPrefixListResponse: { prefixList: { prefixListId: LIST, version: 7 } } };
    expect(modify({ PrefixListId: LIST, AddEntry: ENTRY }, response).added).toEqual({
      kind: 'prefix-list',
      id: LIST,
      version: 7,
    });
  });

  it('takes the list from the response if the request was omitted, and assumes added entries', () => {
    const response = { ModifyManagedPrefixListResponse: { prefixList: { prefixListId: LIST, version: 7 } } };
    expect(read('ModifyManagedPrefixList', { omitted: true }, response)).toMatchObject({
      scope: { by: 'prefix-list', ids: [LIST] },
      added: { kind: 'prefix-list', id: LIST, version: 7 },
    });
  });

  it.each([
    ['a new name', { PrefixListName: 'offices' }],
    ['a new size', { MaxEntries: 50 }],
    ['entries that go', { RemoveEntry: { Cidr: '192.0.2.0/24', tag: 1 }, CurrentVersion: 3 }],
  ])('adds no rule by %s, but selects the groups', (_, rest) => {
    expect(modify({ PrefixListId: LIST, ...rest })).toMatchObject({
      scope: { by: 'prefix-list', ids: [LIST] },
      added: { kind: 'unknown' },
    });
  });

  it.each([
    [{ PrefixListId: 'sg-0123456789abcdef0' }],
    [{ PrefixListId: [LIST] }],
    [{ PrefixListId: { items: [LIST] } }],
    [{ PrefixListId: 'pl-*' }],
    ['pl-0123456789abcdef0'],
    [null],
  ])('refuses an event without the id of the list (%#)', (request) => {
    expect(() => modify(request)).toThrow(EventUnreadable);
    expect(() => modify(request)).toThrow(
      'event: detail.requestParameters.ModifyManagedPrefixListRequest.PrefixListId: expected a prefix list id',
    );
  });
});

describe('RestoreManagedPrefixListVersion', () => {
  it('may add any earlier entry', () => {
    const request = { PrefixListId: LIST, PreviousVersion: 2, CurrentVersion: 5 };
    expect(read('RestoreManagedPrefixListVersion', { RestoreManagedPrefixListVersionRequest: request })).toMatchObject({
      trigger: 'prefix-list-changed',
      scope: { by: 'prefix-list', ids: [LIST] },
      added: { kind: 'prefix-list', id: LIST, version: 5 },
    });
  });
});
