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
  wordIn,
} from './strict-fields.ts';

/** The one field of a look request. */
const WRAPPER = 'portcullis';

/** A request as on-change gets it. */
export function wrapReevaluationRequest(request: ReevaluationRequest): object {
  return { [WRAPPER]: request };
}

const GROUP_ID = 'a group id (`sg-…`)';

function groupIdsIn(part: StrictPart): readonly string[] {
  return listIn(part, 'groupIds').map(({ value, at }) => {
    const id = groupIdOf(value);
    if (id === undefined) throw new EventUnreadable(at, GROUP_ID);
    return id;
  });
}

function asTrue(value: unknown): true | undefined {
  return value === true ? true : undefined;
}

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
        ...optionalIn(part, 'hold', (whole, name) => readIn(whole, name, asTrue, 'true')),
      };
    default:
      return what satisfies never;
  }
}

/** Whether something is meant as a request, whatever is in it. */
export function isReevaluationRequest(event: unknown): boolean {
  return Object.hasOwn(asFields(event) ?? {}, WRAPPER);
}

/**
 * Reads a request to look again.
 *
 * @throws EventUnreadable naming the field that is not as it should be. An event is no request, whatever it says.
 */
export function readReevaluationRequest(event: unknown): ReevaluationRequest {
  const outer = asFields(event);
  if (outer === undefined || !Object.hasOwn(outer, WRAPPER))
    throw new EventUnreadable(WRAPPER, 'a request (EventBridge delivers events through the alias for events)');
  if (Object.keys(outer).length > 1) throw new EventUnreadable(WRAPPER, 'nothing beside it');
  return requestOf(openPart(outer[WRAPPER], WRAPPER));
}

/** A look at groups as the sweep takes it: whatever is there was there before. */
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

function textsIn(part: StrictPart, name: string): readonly string[] {
  return listIn(part, name).map(({ value, at }) => {
    if (typeof value !== 'string')
      throw new EventUnreadable(at, name === 'regions' ? 'the name of a region' : 'a text');
    return value;
  });
}

/** Counted by an earlier part of the same sweep, and for people to read: nothing is removed by its word. */
function tallyIn(part: StrictPart): Tally {
  const { fields } = partIn(part, 'tally');
  const { groups, closing, lines, worst } = fields;
  if (typeof groups !== 'number' || typeof closing !== 'number' || !Array.isArray(lines) || !Array.isArray(worst))
    throw new EventUnreadable(`${part.at}.tally`, 'what an earlier part has counted');
  return { groups, closing, lines, worst };
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

/**
 * Reads what the rule for the sweep, or an earlier part of one, sends. Undefined for everything else, such as a scheduled event.
 *
 * @throws EventUnreadable naming the field that is not as it should be.
 */
export function readSweepRequest(event: unknown): SweepRequest | undefined {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'do')) return undefined;
  const part = openPart(fields, 'event');
  allowOnly(part, ['do', 'digest', 'rest']);
  const rest = optionalIn(part, 'rest', (whole, name) => restIn(partIn(whole, name)));
  return { do: wordIn(part, 'do', ['sweep']), digest: booleanIn(part, 'digest'), ...rest };
}

/**
 * Whether an event of on-schedule is what the rule for the canary sends.
 *
 * @throws EventUnreadable where there is more in it.
 */
export function isCanaryRequest(event: unknown): event is CanaryRequest {
  const fields = asFields(event);
  if (fields?.['do'] !== ('canary' satisfies CanaryRequest['do'])) return false;
  allowOnly(openPart(fields, 'event'), ['do']);
  return true;
}

/**
 * Whether an event of on-config's asks for a look at AWS Config's recorder, as the rule of the stack does. AWS Config's own calls have no `do`.
 *
 * @throws EventUnreadable where something else is asked for by that name.
 */
export function isRecorderCheck(event: unknown): boolean {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'do')) return false;
  const part = openPart(fields, 'event');
  allowOnly(part, ['do']);
  return wordIn(part, 'do', ['check-recorder']) === 'check-recorder';
}

/** Asks on-alert to deliver again what it gave up. It carries no message: on-alert takes those from its own queue. */
export const REDELIVER = { do: 'redeliver' } as const;

/** Checks such a request. Throws EventUnreadable for anything else. */
export function readRedeliverRequest(event: unknown): void {
  const part = openPart(event, 'event');
  allowOnly(part, ['do']);
  wordIn(part, 'do', [REDELIVER.do]);
}
