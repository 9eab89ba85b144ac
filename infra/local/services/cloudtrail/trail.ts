import type { Event, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import { uuid } from '../../../../shared/domain/runtime.ts';
import type { Account, Region } from '../../state/account.ts';
import { AwsError, type Operations } from '../../state/operation.ts';
import { DOCUMENTATION_ADDRESS, type Principal, principalId } from '../../state/principals.ts';
import { type CallOutcome, type OperationSchema, operationSchema } from '../../wire/service.ts';
import { requestParameters, responseElements } from './parameters.ts';

/** A CloudTrail record in EventBridge's envelope. */
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

/** Emits an event for each EC2 call that is not a read, successful or failed. */
export function trail(account: Account, emit: (event: TrailEvent) => void): (outcome: CallOutcome) => Promise<void> {
  return async (outcome) => {
    const { service, invocation } = outcome;
    if (service !== 'ec2' || !changesSomething(invocation.operation)) return;
    const schema = operationSchema(await import('@aws-sdk/client-ec2'), invocation.operation);
    emit(trailEvent(account, schema, outcome));
  };
}

/** Operations that only read emit no event: EventBridge omits their events unless a rule asks for them. */
function changesSomething(operation: string): boolean {
  return !/^(?:Describe|Get|List)/.test(operation);
}

/** The event of one EC2 call. Times are in whole seconds, as in CloudTrail. */
function trailEvent(account: Account, schema: OperationSchema, outcome: CallOutcome): TrailEvent {
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
    detail: recordOf(account, schema, outcome, time),
  };
}

function recordOf(account: Account, schema: OperationSchema, outcome: CallOutcome, at: string): TrailEvent['detail'] {
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

/** Where the call came from. */
function origin({ principal, userAgent }: CallOutcome): object {
  return {
    sourceIPAddress: principal.sourceIp ?? principal.invokedBy ?? DOCUMENTATION_ADDRESS,
    userAgent: principal.userAgent ?? principal.invokedBy ?? userAgent,
  };
}

/** EC2's error codes in events begin with the side at fault. Codes in responses do not. */
function errorMembers(result: CallOutcome['result']): object {
  if (!('error' in result)) return {};
  const { code, message, status } = result.error;
  return { errorCode: `${status >= 500 && status !== 503 ? 'Server' : 'Client'}.${code}`, errorMessage: message };
}

/**
 * `userIdentity` of an event. Only an assumed role has a `sessionContext`. A service that acts for itself has
 * only its name.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
function userIdentity(principal: Principal, accessKeyId: string, accountId: string, at: string): object {
  const { type, arn, name, invokedBy } = principal;
  const invoked = invokedBy === undefined ? {} : { invokedBy };
  const id = principalId(principal, accountId);
  switch (type) {
    case 'IAMUser':
      return { type, principalId: id, arn, accountId, accessKeyId, userName: name, ...invoked };
    case 'AssumedRole': {
      const context = sessionContext(principal, accountId, at);
      return { type, principalId: id, arn, accountId, accessKeyId, sessionContext: context, ...invoked };
    }
    case 'Root':
      return { type, principalId: id, arn, accountId, accessKeyId, ...invoked };
    case 'AWSService':
      return { type, invokedBy: invokedBy ?? name };
    case 'AWSAccount':
      return { type, principalId: id, accountId, ...invoked };
    default:
      return type satisfies never;
  }
}

function sessionContext(principal: Principal, accountId: string, at: string): object {
  const role = principal.arn.split('/')[1] ?? principal.name;
  return {
    sessionIssuer: {
      type: 'Role',
      principalId: principalId(principal, accountId).split(':')[0],
      arn: `arn:aws:iam::${accountId}:role/${role}`,
      accountId,
      userName: role,
    },
    webIdFederationData: {},
    attributes: { creationDate: at, mfaAuthenticated: 'false' },
  };
}

/** Input of LookupEvents. */
export interface EventHistory {
  /** All events of the account, live. */
  readonly events: readonly TrailEvent[];
  /** Delay after a call until LookupEvents shows it, in ms. In AWS it is up to 15 minutes. */
  readonly lagMs: number;
}

/**
 * LookupEvents: the events of the region that are old enough, newest first, in one page of 50.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export function historyOperations(history: EventHistory) {
  return {
    LookupEvents(region: Region, input: LookupEventsRequest): LookupEventsResponse {
      const matches = matcherOf(input);
      const until = region.account.clock.now() - history.lagMs;
      const found = history.events.filter(
        (event) => event.region === region.name && Date.parse(event.time) <= until && matches(event),
      );
      return {
        Events: found
          .toReversed()
          .slice(0, input.MaxResults ?? PAGE)
          .map(eventOf),
      };
    },
  } satisfies Operations;
}

function matcherOf({ LookupAttributes = [] }: LookupEventsRequest): (event: TrailEvent) => boolean {
  if (LookupAttributes.length > 1)
    throw new AwsError('InvalidLookupAttributesException', 'You can specify only one lookup attribute.');
  const [attribute] = LookupAttributes;
  if (attribute === undefined) return () => true;
  const read = ATTRIBUTES[attribute.AttributeKey ?? ''];
  if (read === undefined)
    throw new AwsError(
      'InvalidLookupAttributesException',
      `The embedded account does not support the lookup attribute ${attribute.AttributeKey}`,
    );
  return (event) => read(event).includes(attribute.AttributeValue);
}

function eventOf(event: TrailEvent): Event {
  return {
    EventId: event.detail.eventID,
    EventName: event.detail.eventName,
    EventSource: String(event.detail['eventSource']),
    EventTime: new Date(event.time),
    ReadOnly: 'false',
    CloudTrailEvent: JSON.stringify(event.detail),
  };
}

const PAGE = 50;

function resourcesOf({ detail }: TrailEvent): readonly string[] {
  return (
    JSON.stringify([detail['requestParameters'], detail['responseElements']]).match(
      /\b(?:sg|sgr|pl|vpc|eni)-[0-9a-z]+/g,
    ) ?? []
  );
}

/** The values of an event that each lookup attribute is compared with. */
const ATTRIBUTES: Readonly<Record<string, (event: TrailEvent) => readonly unknown[]>> = {
  EventId: ({ detail }) => [detail.eventID],
  EventName: ({ detail }) => [detail.eventName],
  EventSource: ({ detail }) => [detail['eventSource']],
  ResourceName: resourcesOf,
};
