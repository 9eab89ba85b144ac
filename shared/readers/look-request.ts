import type { Change } from '../model/change.ts';
import type { LookRequest } from '../model/command.ts';
import { EventUnreadable } from '../model/errors.ts';
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
import { asFields } from './fields.ts';
import { groupIdOf } from './ids.ts';

/**
 * The one field of a look request. An event that EventBridge delivers never has it: its envelope is EventBridge's own, and what a caller
 * can put into a record lies under `detail`.
 */
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
      allowOnly(part, ['do', 'groupIds', 'region', 'account', 'hold']);
      return {
        do: what,
        groupIds: groupIdsIn(part),
        region: textIn(part, 'region'),
        account: textIn(part, 'account'),
        ...optionalIn(part, 'hold', (whole, name) => readIn(whole, name, asTrue, 'true')),
      };
    default:
      return what satisfies never;
  }
};

/**
 * Reads a request of on-grant's or the schedule's. Undefined for everything that does not come in their wrapper, such as an event.
 *
 * @throws EventUnreadable naming the field that is not as it should be.
 */
export const readLookRequest = (event: unknown): LookRequest | undefined => {
  const outer = asFields(event);
  if (outer === undefined || !Object.hasOwn(outer, WRAPPER)) return undefined;
  if (Object.keys(outer).length > 1) throw new EventUnreadable(WRAPPER, 'nothing beside it');
  return requestOf(openPart(outer[WRAPPER], WRAPPER));
};

/** A look at groups as the sweep takes it: whatever is there was there before. */
export const sweepChange = (
  { groupIds, region, account, hold }: Extract<LookRequest, { do: 'look' }>,
  id: string,
  at: number,
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
