import type { CreateAccountAliasRequest, ListAccountAliasesResponse } from '@aws-sdk/client-iam';
import { AwsError } from './aws-error.ts';
import type { Operations } from './operation.ts';
import type { Region } from './region.ts';

/** CreateAccountAlias: an account has one at most, and it is in no region. Throws ValidationError. */
function createAccountAlias({ account }: Region, { AccountAlias = '' }: CreateAccountAliasRequest): object {
  if (!/^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/.test(AccountAlias)) {
    throw new AwsError('ValidationError', `The specified value for accountAlias is invalid: ${AccountAlias}`);
  }
  account.alias = AccountAlias;
  return {};
}

function listAccountAliases({ account }: Region): ListAccountAliasesResponse {
  return { AccountAliases: account.alias === undefined ? [] : [account.alias], IsTruncated: false };
}

/** The IAM calls that the account knows. */
export const iamOperations = {
  CreateAccountAlias: createAccountAlias,
  ListAccountAliases: listAccountAliases,
} satisfies Operations;
