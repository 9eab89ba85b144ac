import type { Change } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import type { LookRequest } from '../../domain/requests/command.ts';
import { asFields } from '../fields.ts';
import { groupIdOf } from '../ids.ts';
import {
  allowOnly,
  listIn,
  openPart,
  optionalIn,
  planIdIn,
  readIn,
  type StrictPart,
  textIn,
  wordIn,
} from './command-part.ts';

/** The one field of a look request. */
const WRAPPER = 'portcullis';

/** A request as on-change gets it. */
export const wrapLookRequest = (request: LookRequest): object => ({ [WRAPPER]: request });

const GROUP_ID = 'a group id (`sg-…`)';

const groupIdsIn = (part: StrictPart): readonly string[] =>
  listIn(part, 'groupIds').map(({ value, at }) => {
    const id = groupIdOf(value);
    if (id === undefined) throw new EventUnreadable(at, GROUP_ID);
    return id;
  });

const asTrue = (value: unknown): true | undefined => (value === true ? true : undefined);

const requestOf = (part: StrictPart): LookRequest => {
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
};

/** Whether something is meant as a request, whatever is in it. */
export const isLookRequest = (event: unknown): boolean => Object.hasOwn(asFields(event) ?? {}, WRAPPER);

/**
 * Reads a request to look again.
 *
 * @throws EventUnreadable naming the field that is not as it should be. An event is no request, whatever it says.
 */
export const readLookRequest = (event: unknown): LookRequest => {
  const outer = asFields(event);
  if (outer === undefined || !Object.hasOwn(outer, WRAPPER))
    throw new EventUnreadable(WRAPPER, 'a request (EventBridge delivers events through the alias for events)');
  if (Object.keys(outer).length > 1) throw new EventUnreadable(WRAPPER, 'nothing beside it');
  return requestOf(openPart(outer[WRAPPER], WRAPPER));
};

/** A look at groups as the sweep takes it: whatever is there was there before. */
export const sweepChange = (
  { groupIds, region, hold }: Extract<LookRequest, { do: 'look' }>,
  { id, at, account }: Pick<Change, 'id' | 'at' | 'account'>,
): Change => ({
  id,
  call: 'Sweep',
  trigger: 'sweep',
  scope: { by: 'group-id', ids: groupIds },
  brought: { kind: 'unknown' },
  at,
  account,
  region,
  ...(hold && { hold }),
});
