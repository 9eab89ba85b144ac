/**
 * Longest sort key, bytes. DynamoDB refuses a longer one as a fault of the caller, which would count as a failure of the function.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MOST_BYTES = 1024;

/** Whether a text can be a sort key. Nothing is stored under any other. */
export const fitsSortKey = (text: string): boolean => new TextEncoder().encode(text).length <= MOST_BYTES;
