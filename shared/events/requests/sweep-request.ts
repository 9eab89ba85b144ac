import { EventUnreadable } from '../../domain/errors.ts';
import type { Tally } from '../../domain/notifications/digest.ts';
import type { SweepRequest, SweepRest } from '../../domain/sweep.ts';
import { asFields } from '../fields.ts';
import {
  allowOnly,
  booleanIn,
  listIn,
  openPart,
  optionalIn,
  partIn,
  type StrictPart,
  textIn,
  wordIn,
} from './command-part.ts';

const textsIn = (part: StrictPart, name: string): readonly string[] =>
  listIn(part, name).map(({ value, at }) => {
    if (typeof value !== 'string')
      throw new EventUnreadable(at, name === 'regions' ? 'the name of a region' : 'a text');
    return value;
  });

/** Counted by an earlier part of the same sweep, and for people to read: nothing is removed by its word. */
const tallyIn = (part: StrictPart): Tally => {
  const { fields } = partIn(part, 'tally');
  const { groups, closing, lines, worst } = fields;
  if (typeof groups !== 'number' || typeof closing !== 'number' || !Array.isArray(lines) || !Array.isArray(worst))
    throw new EventUnreadable(`${part.at}.tally`, 'what an earlier part has counted');
  return { groups, closing, lines, worst };
};

const restIn = (part: StrictPart): SweepRest => {
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
};

/**
 * Reads what the rule for the sweep, or an earlier part of one, sends. Undefined for everything else, such as a scheduled event.
 *
 * @throws EventUnreadable naming the field that is not as it should be.
 */
export const readSweepRequest = (event: unknown): SweepRequest | undefined => {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'do')) return undefined;
  const part = openPart(fields, 'event');
  allowOnly(part, ['do', 'digest', 'rest']);
  const rest = optionalIn(part, 'rest', (whole, name) => restIn(partIn(whole, name)));
  return { do: wordIn(part, 'do', ['sweep']), digest: booleanIn(part, 'digest'), ...rest };
};
