import { describe, expect, it } from 'vitest';
import { SWEEPS } from '../../../shared/catalogue.ts';
import {
  readReevaluationRequest,
  readSweepRequest,
  sweepChange,
  wrapReevaluationRequest,
} from '../../../shared/events/requests/internal-request.ts';

const REST = {
  regions: ['eu-west-1'],
  after: 'token',
  tally: { groups: 1, closing: 0, lines: [], worst: [] },
  share: { groups: 1, closing: 0 },
};

describe('a request for a sweep', () => {
  it.each(Object.values(SWEEPS).map(({ request }) => request))('of the schedule is read: %o', (request) => {
    expect(readSweepRequest(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });

  it('of an earlier part is read', () => {
    for (const rest of [REST, { ...REST, faults: ['denied'] }]) {
      const request = { do: 'sweep', digest: true, rest };
      expect(readSweepRequest(request)).toEqual(request);
    }
  });

  it('is not read from a scheduled event', () => {
    expect(readSweepRequest({ version: '0', 'detail-type': 'Scheduled Event', detail: {} })).toBeUndefined();
  });

  it.each([
    [{ do: 'other', digest: false }, 'event: event.do: expected one of sweep'],
    [{ do: 'sweep' }, 'event: event.digest: expected true or false'],
    [{ do: 'sweep', digest: false, more: 1 }, 'event: event.more: expected no such field'],
    [{ do: 'sweep', digest: false, rest: { ...REST, regions: [1] } }, 'event: event.rest.regions[0]: expected'],
    [{ do: 'sweep', digest: false, rest: { ...REST, faults: [1] } }, 'event: event.rest.faults[0]: expected a text'],
    [{ do: 'sweep', digest: false, rest: { ...REST, tally: {} } }, 'event: event.rest.tally: expected'],
    [{ do: 'sweep', digest: false, rest: { ...REST, share: {} } }, 'event: event.rest.share: expected'],
  ])('is refused with the wrong field: %o', (request, message) => {
    expect(() => readSweepRequest(request)).toThrow(message);
  });
});

describe('a request to hold existing rules', () => {
  const look = {
    do: 'look',
    groupIds: ['sg-00000000000000001'],
    region: 'eu-west-1',
  } as const;
  const own = { id: 'id', at: 1, account: '111122223333' };

  it('is read as sent, and marks the change', () => {
    const request = { ...look, hold: true } as const;
    expect(readReevaluationRequest(wrapReevaluationRequest(request))).toEqual(request);
    expect([sweepChange(request, own).hold, sweepChange(look, own).hold]).toEqual([true, undefined]);
  });

  it('has the value true or is absent', () => {
    expect(() => readReevaluationRequest({ portcullis: { ...look, hold: false } })).toThrow('hold: expected true');
  });
});
