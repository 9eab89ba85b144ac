/** Runs things side by side to their end, whatever becomes of each: what they gave, and what was thrown. */
export async function settleAll<T>(running: readonly Promise<T | undefined>[]) {
  const results = await Promise.allSettled(running);
  return {
    outcomes: results.flatMap((result): readonly T[] =>
      result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [],
    ),
    faults: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  };
}
