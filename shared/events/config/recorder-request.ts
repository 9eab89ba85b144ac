import { asFields } from '../fields.ts';
import { allowOnly, openPart, wordIn } from '../requests/command-part.ts';

/**
 * Whether an event of on-config's asks for a look at AWS Config's recorder, as the rule of the stack does. AWS Config's own calls have no `do`.
 *
 * @throws EventUnreadable where something else is asked for by that name.
 */
export const isRecorderCheck = (event: unknown): boolean => {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'do')) return false;
  const part = openPart(fields, 'event');
  allowOnly(part, ['do']);
  return wordIn(part, 'do', ['check-recorder']) === 'check-recorder';
};
