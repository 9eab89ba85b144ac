import type { Region } from './region.ts';

/** Who calls: the key that signed, and what the account knows of its holder. */
export interface Caller {
  readonly accessKeyId: string;
  readonly arn: string;
  readonly userId: string;
}

/**
 * One call of AWS's API on one region: checks, then changes, then answers; throws AwsError having changed nothing.
 * The input was decoded by the SDK's schema for the operation, so its type is the SDK's request type: a method's
 * parameters compare both ways, which lets operations of many input types fit one table.
 */
type Operation = { call(region: Region, input: object, caller: Caller): object }['call'];

/** The operations of one service, by their name in the API. */
export type Operations = Readonly<Record<string, Operation>>;
