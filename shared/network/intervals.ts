/** Addresses from `first` to `last`, both included. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

const byFirst = (a: Interval, b: Interval): number => Number(a.first - b.first);

/** The same addresses as sorted, disjoint, non-adjacent intervals. One sort and one pass. */
export const unite = (intervals: readonly Interval[]): readonly Interval[] => {
  const united: Interval[] = [];
  for (const next of intervals.toSorted(byFirst)) {
    const top = united.at(-1);
    if (top === undefined || next.first > top.last + 1n) united.push(next);
    else if (next.last > top.last) united[united.length - 1] = { first: top.first, last: next.last };
  }
  return united;
};

/** Number of addresses that two united lists have in common. One pass over both. */
export const sizeOfCommon = (a: readonly Interval[], b: readonly Interval[]): bigint => {
  let size = 0n;
  let i = 0;
  let j = 0;
  for (let x = a[i], y = b[j]; x !== undefined && y !== undefined; x = a[i], y = b[j]) {
    const first = x.first > y.first ? x.first : y.first;
    const last = x.last < y.last ? x.last : y.last;
    if (first <= last) size += last - first + 1n;
    if (x.last < y.last) i += 1;
    else j += 1;
  }
  return size;
};

/** Addresses of a united list that another united list does not hold. */
export const subtract = (from: readonly Interval[], what: readonly Interval[]): readonly Interval[] =>
  from.flatMap((whole) => {
    const rest: Interval[] = [];
    let first = whole.first;
    for (const hole of what) {
      if (hole.last < first || hole.first > whole.last) continue;
      if (hole.first > first) rest.push({ first, last: hole.first - 1n });
      first = hole.last + 1n;
    }
    return first <= whole.last ? [...rest, { first, last: whole.last }] : rest;
  });
