import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Caller, Operations } from './operation.ts';
import type { Region } from './region.ts';

/** GetCallerIdentity: who the key belongs to. */
function getCallerIdentity(region: Region, _input: object, caller: Caller): GetCallerIdentityResponse {
  return { Account: region.account.id, Arn: caller.arn, UserId: caller.userId };
}

/** The STS calls that the account knows. */
export const stsOperations = { GetCallerIdentity: getCallerIdentity } satisfies Operations;
