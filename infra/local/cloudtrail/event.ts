import { uuid } from '../../../shared/domain/random.ts';
import type { Account } from '../account/account.ts';
import type { OperationSchema } from '../codec/operation-schema.ts';
import { DOCUMENTATION_ADDRESS } from '../principals.ts';
import type { CallOutcome } from '../server/dispatch.ts';
import { requestParameters, responseElements } from './parameters.ts';
import { userIdentity } from './user-identity.ts';

/** A CloudTrail record in the envelope in which EventBridge delivers it. */
export interface TrailEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'AWS API Call via CloudTrail';
  readonly source: 'aws.ec2';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>> & { readonly eventName: string; readonly eventID: string };
}

/** EC2 marks whose fault an error is; events carry that mark, answers do not. */
function errorMembers(result: CallOutcome['result']): object {
  if (!('error' in result)) return {};
  const { code, message, status } = result.error;
  return { errorCode: `${status >= 500 && status !== 503 ? 'Server' : 'Client'}.${code}`, errorMessage: message };
}

/** Where the call came from, as the event says it. */
function origin({ principal, userAgent }: CallOutcome): object {
  return {
    sourceIPAddress: principal.sourceIp ?? principal.invokedBy ?? DOCUMENTATION_ADDRESS,
    userAgent: principal.userAgent ?? principal.invokedBy ?? userAgent,
  };
}

function detail(account: Account, schema: OperationSchema, outcome: CallOutcome, at: string): TrailEvent['detail'] {
  const { invocation, principal, result } = outcome;
  const { operation, input, region, caller, requestId } = invocation;
  return {
    eventVersion: '1.10',
    userIdentity: userIdentity(principal, caller.accessKeyId, account.id, at),
    eventTime: at,
    eventSource: 'ec2.amazonaws.com',
    eventName: operation,
    awsRegion: region.name,
    ...origin(outcome),
    ...errorMembers(result),
    requestParameters: requestParameters(schema, input),
    responseElements: 'output' in result ? responseElements(schema, result.output, requestId) : null,
    requestID: requestId,
    eventID: uuid(account.random),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account.id,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `ec2.${region.name}.amazonaws.com`,
    },
    ...(principal.viaConsole ? { sessionCredentialFromConsole: 'true' } : {}),
  };
}

/** The event of one EC2 call. Times are whole seconds, as CloudTrail writes them. */
export function trailEvent(account: Account, schema: OperationSchema, outcome: CallOutcome): TrailEvent {
  const time = new Date(account.clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
  return {
    version: '0',
    id: uuid(account.random),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: account.id,
    time,
    region: outcome.invocation.region.name,
    resources: [],
    detail: detail(account, schema, outcome, time),
  };
}
