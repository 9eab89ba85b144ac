import type { DeliveryFailure } from '../../infra/local/invocation.ts';
import { plain } from '../../shared/network/text/format.ts';
import type { Paint } from '../../shared/reports/paint.ts';

const ATTEMPTS = ['without an attempt', 'after 1 attempt'] as const;

function placeOf(condition: DeliveryFailure['condition'], keptIn: string | undefined): string {
  if (condition === 'Stopped') return 'The account stopped before the next attempt, and forgets the event.';
  if (keptIn === undefined) return 'No queue has the event: it is lost.';
  return `The queue ${keptIn} has the event: portcullis redrive asks for it again.`;
}

/** An event that was given up: which function, why, and which queue has it now. */
export function failureText(
  { functionName, condition, attempts, error, keptIn }: DeliveryFailure,
  paint: Paint,
): string {
  const tries = ATTEMPTS[attempts] ?? `after ${attempts} attempts`;
  return `${paint('bad', `${functionName} failed for good ${tries} (${condition})`)}: ${plain(String(error))}\n  ${placeOf(condition, keptIn)}\n`;
}
