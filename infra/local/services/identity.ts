import type { CreateAccountAliasRequest, ListAccountAliasesResponse } from '@aws-sdk/client-iam';
import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Region } from '../state/account.ts';
import { AwsError, type Caller, type Operations } from '../state/operation.ts';
import { header, type Reply, urlOf, type WireRequest } from '../wire/messages.ts';
import { queryService } from '../wire/query.ts';
import type { Service } from '../wire/service.ts';

/** CreateAccountAlias: sets the account's only alias, which is global. Throws ValidationError. */
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

/** The operations of IAM. */
export const iamOperations = {
  CreateAccountAlias: createAccountAlias,
  ListAccountAliases: listAccountAliases,
} satisfies Operations;

/** GetCallerIdentity: the holder of the access key. */
function getCallerIdentity(region: Region, _input: object, caller: Caller): GetCallerIdentityResponse {
  return { Account: region.account.id, Arn: caller.arn, UserId: caller.userId };
}

const stsOperations = { GetCallerIdentity: getCallerIdentity } satisfies Operations;

/** How long STS accepts a presigned request, in ms, whatever its X-Amz-Expires is. */
const PRESIGNED_FOR_MS = 900_000;

function isPresigned(request: WireRequest): boolean {
  return urlOf(request).searchParams.has('X-Amz-Signature');
}

function refused(message: string): AwsError {
  return new AwsError('SignatureDoesNotMatch', message, 403);
}

/**
 * Checks a presigned request as far as possible without the secret key: its age on the account's clock, and
 * that it has each signed header. Throws SignatureDoesNotMatch.
 */
function checkPresigned(request: WireRequest, now: number): void {
  const parameters = urlOf(request).searchParams;
  const date = parameters.get('X-Amz-Date') ?? '';
  const age = now - Date.parse(date.replace(/^(.{4})(..)(.{5})(..)(..)Z$/, '$1-$2-$3:$4:$5Z'));
  if (!(Math.abs(age) <= PRESIGNED_FOR_MS))
    throw refused(`Signature expired: ${date} is more than 15 minutes from the account's time`);
  const missing = (parameters.get('X-Amz-SignedHeaders') ?? '').split(';').find((name) => header(request, name) === '');
  if (missing !== undefined) throw refused(`The request does not have the signed header ${missing}`);
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

/** STS, which answers in XML, or in JSON if the request accepts only JSON. */
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
