import type { CanaryRequest } from '../../domain/canary.ts';
import { asFields } from '../fields.ts';
import { allowOnly, openPart } from './command-part.ts';

/**
 * Whether an event of on-schedule is what the rule for the canary sends.
 *
 * @throws EventUnreadable where there is more in it.
 */
export const isCanaryRequest = (event: unknown): event is CanaryRequest => {
  const fields = asFields(event);
  if (fields?.['do'] !== ('canary' satisfies CanaryRequest['do'])) return false;
  allowOnly(openPart(fields, 'event'), ['do']);
  return true;
};
