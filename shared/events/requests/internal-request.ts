import type { Change } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import type { CanaryRequest, ReevaluationRequest, SweepRemainder, SweepRequest } from '../../domain/invocations.ts';
import type { Tally } from '../../domain/notification.ts';
import { groupIdOf } from '../ids.ts';
import { asFields } from '../json.ts';
import {
  allowOnly,
  booleanIn,
  listIn,
  openPart,
  optionalIn,
  partIn,
  planIdIn,
  readIn,
  type StrictPart,
  textIn,
  trueIn,
  wordIn,
} from './strict-fields.ts';

/** The only field of an event that carries a request to on-change. */
const WRAPPER = 'portcullis';

/** The event that carries a request to on-change. */
export function wrapReevaluationRequest(request: ReevaluationRequest): object {
  return { [WRAPPER]: request };
}

/** Whether an event carries a request to on-change, readable or not. */
export function isReevaluationRequest(event: unknown): boolean {
  return Object.hasOwn(asFields(event) ?? {}, WRAPPER);
}

/**
 * Reads a request to evaluate groups again.
 *
 * @throws EventUnreadable if the event carries no request, or if a field of the request cannot be read.
 */
export function readReevaluationRequest(event: unknown): ReevaluationRequest {
  const outer = asFields(event);
  if (outer === undefined || !Object.hasOwn(outer, WRAPPER))
    throw new EventUnreadable(WRAPPER, 'a request (EventBridge delivers events through the alias for events)');
  if (Object.keys(outer).length > 1) throw new EventUnreadable(WRAPPER, 'nothing beside it');
  return requestOf(openPart(outer[WRAPPER], WRAPPER));
}

const GROUP_ID = 'a group id (`sg-…`)';

function requestOf(part: StrictPart): ReevaluationRequest {
  const what = wordIn(part, 'do', ['release', 'take-back', 'look']);
  switch (what) {
    case 'release':
    case 'take-back':
      allowOnly(part, ['do', 'groupId', 'planId']);
      return { do: what, groupId: readIn(part, 'groupId', groupIdOf, GROUP_ID), planId: planIdIn(part) };
    case 'look':
      allowOnly(part, ['do', 'groupIds', 'region', 'hold', 'eventId']);
      return {
        do: what,
        groupIds: groupIdsIn(part),
        region: textIn(part, 'region'),
        ...optionalIn(part, 'eventId', textIn),
        ...optionalIn(part, 'hold', trueIn),
      };
    default:
      return what satisfies never;
  }
}

function groupIdsIn(part: StrictPart): readonly string[] {
  return listIn(part, 'groupIds').map(({ value, at }) => {
    const id = groupIdOf(value);
    if (id === undefined) throw new EventUnreadable(at, GROUP_ID);
    return id;
  });
}

/** The change that stands for an evaluation by the sweep. No rule counts as added. */
export function sweepChange(
  { groupIds, region, hold }: Extract<ReevaluationRequest, { do: 'look' }>,
  { id, at, account }: Pick<Change, 'id' | 'at' | 'account'>,
): Change {
  return {
    id,
    call: 'Sweep',
    trigger: 'sweep',
    scope: { by: 'group-id', ids: groupIds },
    added: { kind: 'unknown' },
    at,
    account,
    region,
    ...(hold && { hold }),
  };
}

/**
 * Reads the event that starts a sweep or continues one. Undefined for any other event of on-schedule.
 *
 * @throws EventUnreadable if a field of the request cannot be read.
 */
export function readSweepRequest(event: unknown): SweepRequest | undefined {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'do')) return undefined;
  const part = openPart(fields, 'event');
  allowOnly(part, ['do', 'digest', 'rest']);
  const rest = optionalIn(part, 'rest', (whole, name) => restIn(partIn(whole, name)));
  return { do: wordIn(part, 'do', ['sweep']), digest: booleanIn(part, 'digest'), ...rest };
}

function restIn(part: StrictPart): SweepRemainder {
  allowOnly(part, ['regions', 'after', 'tally', 'share', 'faults']);
  const { groups, closing } = partIn(part, 'share').fields;
  if (typeof groups !== 'number' || typeof closing !== 'number')
    throw new EventUnreadable(`${part.at}.share`, 'numbers of groups');
  return {
    regions: textsIn(part, 'regions'),
    ...optionalIn(part, 'after', textIn),
    tally: tallyIn(part),
    share: { groups, closing },
    ...optionalIn(part, 'faults', textsIn),
  };
}

function textsIn(part: StrictPart, name: string): readonly string[] {
  return listIn(part, name).map(({ value, at }) => {
    if (typeof value !== 'string')
      throw new EventUnreadable(at, name === 'regions' ? 'the name of a region' : 'a text');
    return value;
  });
}

/** Counts of the earlier parts of the sweep. They only appear in the digest: no removal depends on them. */
function tallyIn(part: StrictPart): Tally {
  const { fields } = partIn(part, 'tally');
  const { groups, closing, lines, worst } = fields;
  if (typeof groups !== 'number' || typeof closing !== 'number' || !Array.isArray(lines) || !Array.isArray(worst))
    throw new EventUnreadable(`${part.at}.tally`, 'what an earlier part has counted');
  return { groups, closing, lines, worst };
}

/**
 * Whether an event of on-schedule asks for the canary.
 *
 * @throws EventUnreadable if the request has another field.
 */
export function isCanaryRequest(event: unknown): event is CanaryRequest {
  const fields = asFields(event);
  if (fields?.['do'] !== ('canary' satisfies CanaryRequest['do'])) return false;
  allowOnly(openPart(fields, 'event'), ['do']);
  return true;
}

/**
 * Whether an event of on-config asks to check AWS Config's recorder. The events of AWS Config have no field
 * `do`.
 *
 * @throws EventUnreadable if the event has a field `do` with another value.
 */
export function isRecorderCheck(event: unknown): boolean {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'do')) return false;
  const part = openPart(fields, 'event');
  allowOnly(part, ['do']);
  return wordIn(part, 'do', ['check-recorder']) === 'check-recorder';
}

/** Asks on-alert to deliver its failed messages again. on-alert reads them from its own dead-letter queue. */
export const REDELIVER = { do: 'redeliver' } as const;

/** Throws EventUnreadable unless the event is REDELIVER. */
export function readRedeliverRequest(event: unknown): void {
  const part = openPart(event, 'event');
  allowOnly(part, ['do']);
  wordIn(part, 'do', [REDELIVER.do]);
}
