import type { CreateAccountAliasRequest, ListAccountAliasesResponse } from '@aws-sdk/client-iam';
import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Region } from '../state/account.ts';
import { AwsError, type Caller, type Operations } from '../state/operation.ts';
import { header, type Reply, type WireRequest } from '../wire/messages.ts';
import { queryService } from '../wire/query.ts';
import type { Service } from '../wire/service.ts';

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

/** GetCallerIdentity: who the key belongs to. */
function getCallerIdentity(region: Region, _input: object, caller: Caller): GetCallerIdentityResponse {
  return { Account: region.account.id, Arn: caller.arn, UserId: caller.userId };
}

/** The STS calls that the account knows. */
const stsOperations = { GetCallerIdentity: getCallerIdentity } satisfies Operations;

/** How long STS takes a presigned request, ms, whatever its X-Amz-Expires says. */
const GOOD_FOR_MS = 900_000;

function parametersOf({ url }: WireRequest): URLSearchParams {
  return new URL(url, 'http://127.0.0.1').searchParams;
}

function isPresigned(request: WireRequest): boolean {
  return parametersOf(request).has('X-Amz-Signature');
}

function refused(message: string): AwsError {
  return new AwsError('SignatureDoesNotMatch', message, 403);
}

/**
 * What can be seen of a presigned request without the key: its time, by the account's clock, and whether each header that
 * it signs is there. Throws AwsError.
 */
function checkPresigned(request: WireRequest, now: number): void {
  const parameters = parametersOf(request);
  const date = parameters.get('X-Amz-Date') ?? '';
  const age = now - Date.parse(date.replace(/^(.{4})(..)(.{5})(..)(..)Z$/, '$1-$2-$3:$4:$5Z'));
  if (!(Math.abs(age) <= GOOD_FOR_MS)) throw refused(`Signature expired: ${date} is not within 15 min of now`);
  const missing = (parameters.get('X-Amz-SignedHeaders') ?? '').split(';').find((name) => header(request, name) === '');
  if (missing !== undefined) throw refused(`The header ${missing} is signed, and the request does not have it`);
}

function json(status: number, body: object, requestId: string): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
    body: JSON.stringify(body),
  };
}

function wantsJson(request: WireRequest): boolean {
  return header(request, 'accept') === 'application/json';
}

/** STS: XML, or JSON for those who ask for it; presigned requests are looked at as far as can be done without keys. */
export function stsService(): Service {
  const service = queryService({
    sdk: () => import('@aws-sdk/client-sts'),
    operations: stsOperations,
    frame: { dialect: 'aws', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  });
  return {
    ...service,
    async perform(invocation) {
      const { request, operation, requestId, region } = invocation;
      if (isPresigned(request)) checkPresigned(request, region.account.clock.now());
      const performed = await service.perform(invocation);
      if (!wantsJson(request)) return performed;
      const answer = {
        [`${operation}Response`]: {
          [`${operation}Result`]: performed.output,
          ResponseMetadata: { RequestId: requestId },
        },
      };
      return { output: performed.output, reply: json(200, answer, requestId) };
    },
    refuse(error, requestId, request) {
      if (!wantsJson(request)) return service.refuse(error, requestId, request);
      const { code, message, status } = error;
      const Type = status >= 500 ? 'Receiver' : 'Sender';
      return json(status, { Error: { Code: code, Message: message, Type }, RequestId: requestId }, requestId);
    },
  };
}
