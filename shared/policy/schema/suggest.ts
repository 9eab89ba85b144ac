/** Number of letters to insert, delete or replace to make one word of another. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const replaced = Number(row[j]) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, Number(row[j + 1]) + 1, Number(next[j]) + 1));
    }
    row = next;
  }
  return Number(row.at(-1));
};

/** The known word that a misspelt one is nearest to, as ` (did you mean …?)`; nothing where none is near. Case does not count. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  if (word.length > 100) return '';
  const [nearest] = known
    .map((candidate) => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, off }) => off <= Math.max(2, Math.floor(candidate.length / 3)))
    .toSorted((a, b) => a.off - b.off);
  return nearest === undefined ? '' : ` (did you mean ${nearest.candidate}?)`;
};
