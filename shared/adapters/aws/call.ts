import { CallFailed } from '../../domain/errors.ts';

/**
 * Error codes after which the same call may succeed: throttling, outages, timeouts, broken connections.
 *
 * Security Hub returns `LimitExceededException` (429) for too many requests, and `InternalException` for a
 * finding that it did not accept.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
const RETRYABLE: ReadonlySet<string> = new Set([
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'TooManyRequestsException',
  'RequestThrottled',
  'LimitExceededException',
  'InternalException',
  'Unavailable',
  'InternalError',
  'InternalServerError',
  'InternalFailure',
  'ServiceUnavailable',
  'TimeoutError',
  'RequestTimeout',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** A field of a thrown value; undefined if there is none. */
export function fieldOf(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null && field in error ? Reflect.get(error, field) : undefined;
}

/**
 * Names of Node's own errors, whose code is more specific: `AggregateError` if no address of a host could be
 * reached.
 */
const PLAIN: ReadonlySet<string> = new Set(['Error', 'AggregateError']);

/** The service's error code, which is the name of the SDK's error. For a broken connection, Node's code. */
function codeOf(error: unknown): string {
  const name = fieldOf(error, 'name');
  const code = fieldOf(error, 'code');
  if (typeof name === 'string' && !PLAIN.has(name)) return name;
  return typeof code === 'string' ? code : 'Unknown';
}

function isRetryable(error: unknown, code: string): boolean {
  // For a proxy that rejects a tunnel, the status is in the error itself.
  const status = fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode') ?? fieldOf(error, 'statusCode');
  return RETRYABLE.has(code) || code.startsWith('Throttl') || (typeof status === 'number' && status >= 500);
}

/** Wraps the error of an SDK client for the named call. */
function callFailed(name: string, error: unknown): CallFailed {
  const code = codeOf(error);
  return new CallFailed(name, code, isRetryable(error, code), error);
}

/** Awaits an SDK call. Throws CallFailed with the service's error code and whether a retry may succeed. */
export async function call<T>(name: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw callFailed(name, error);
  }
}

/** One page of an answer, and the token of the next page. */
export interface PageRead<T> {
  readonly items: readonly T[] | undefined;
  /** Absent or empty after the last page. */
  readonly next: string | undefined;
}

/** Reads page by page until the last one, or until `enough`. An empty page may have a next one. */
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
 * Most values of one EC2 filter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export const FILTER_VALUES = 200;

/** Splits a list into parts of at most `size` items. */
export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
