import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { InputInvalid } from '../../../../domain/errors.ts';

/**
 * Longest text that is stored as it is, characters. A plan repeats its rules in the decision, the reasons, the steps and the undo:
 * 1,000 rules make 1.2 MB of JSON and 7 KB of Brotli, where DynamoDB takes 400 KB. Ordinary plans (5 KB) stay readable in the console.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const READABLE = 32_768;

/** The window must span all the copies of the rules; quality 5 takes 6 ms for 1.2 MB. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS },
};

/** A value of JSON as an attribute. */
export const pack = (value: unknown): AttributeValue => {
  const text = JSON.stringify(value);
  return text.length <= READABLE ? { S: text } : { B: brotliCompressSync(text, BROTLI) };
};

/** The JSON that `pack` stored in the named attribute. Throws InputInvalid. */
export const packedText = (name: string, value: AttributeValue | undefined): string => {
  if (value?.S !== undefined) return value.S;
  if (value?.B !== undefined) return brotliDecompressSync(value.B).toString('utf8');
  throw new InputInvalid(
    `ledger: attribute ${name}: expected text or bytes, found ${JSON.stringify(value) ?? 'nothing'}`,
  );
};
