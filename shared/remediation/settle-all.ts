/** Waits until all promises are settled, and returns their results (without `undefined`) and their faults. */
export async function settleAll<T>(running: readonly Promise<T | undefined>[]) {
  const results = await Promise.allSettled(running);
  return {
    outcomes: results.flatMap((result): readonly T[] =>
      result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [],
    ),
    faults: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  };
}
