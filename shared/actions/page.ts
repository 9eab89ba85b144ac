/**
 * Most bytes of a page as JSON: 5 MB. Lambda passes on 6,291,556 bytes of an answer, and fails the invocation above that.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_BYTES = 5_000_000;

/** Something in a list, named by its id. */
interface Listed {
  readonly id: string;
}

/** Part of a list, and the id to go on after; `next` is absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

const bytesOf = (item: object): number => new TextEncoder().encode(JSON.stringify(item)).length + 1;

/** Where the list goes on after an id. The item itself may be gone from the list since the page before. */
const startOf = (all: readonly Listed[], after: string, order: 'ascending' | 'descending'): number => {
  const place = all.findIndex(({ id }) => id === after);
  if (place >= 0) return place + 1;
  const next = all.findIndex(({ id }) => (order === 'ascending' ? id > after : id < after));
  return next < 0 ? all.length : next;
};

/**
 * As much of a list as an answer holds, at least one item. Pure.
 *
 * @param after id of the last item of the page before; absent: the first page.
 * @param order of the ids.
 */
export const pageOf = <T extends Listed>(
  all: readonly T[],
  after: string | undefined,
  order: 'ascending' | 'descending',
): Page<T> => {
  const rest = after === undefined ? all : all.slice(startOf(all, after, order));
  let bytes = 0;
  const over = rest.findIndex((item, index) => {
    bytes += bytesOf(item);
    return index > 0 && bytes > MOST_BYTES;
  });
  if (over < 0) return { items: rest };
  const items = rest.slice(0, over);
  const last = items.at(-1);
  return { items, ...(last && { next: last.id }) };
};
