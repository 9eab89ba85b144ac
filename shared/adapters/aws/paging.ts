/** One page of an answer, and the token of the next. */
export interface PageRead<T> {
  readonly items: readonly T[] | undefined;
  /** Absent or empty: this was the last page. */
  readonly next: string | undefined;
}

/** Reads pages one after the other until the last one, or until `enough` says so. A page may be empty and still have a next one. */
export async function pages<T>(
  read: (token: string | undefined) => Promise<PageRead<T>>,
  enough: (items: readonly T[]) => boolean = () => false,
): Promise<readonly T[]> {
  const items: T[] = [];
  let token: string | undefined;
  do {
    const page = await read(token);
    items.push(...(page.items ?? []));
    token = page.next;
  } while (token && !enough(items));
  return items;
}

/**
 * Values of one EC2 filter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export const FILTER_VALUES = 200;

/** Splits a list so that no part is longer than `size`. */
export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
