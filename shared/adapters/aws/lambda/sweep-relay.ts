import type { SweepRelay } from '../../../domain/sweep.ts';
import { invokeLater, type Lambda } from './invoke.ts';

/**
 * Goes on in another invocation of the function of this name. What is left goes along in the event (far below its limit of 1 MB), so
 * that nothing has to be kept and cleaned up, and an invocation that is tried again begins where it began before. Lambda stops a
 * function that has called itself 16 times in a row: 16 parts of three minutes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export const sweepRelay = (lambda: Lambda, functionName: string): SweepRelay => ({
  goOn: async (request) => await invokeLater(lambda, functionName, request),
});
