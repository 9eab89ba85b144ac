import type { FunctionHost } from '../delivery/functions.ts';
import { jsonService, restJsonService } from '../wire/json.ts';
import { queryService } from '../wire/query.ts';
import type { FaultErrors, Service } from '../wire/service.ts';
import { type EventHistory, historyOperations } from './cloudtrail/trail.ts';
import { type ConfigRecorder, configOperations } from './config/service.ts';
import { dynamoDbService } from './dynamodb.ts';
import { ec2Operations } from './ec2/operations.ts';
import { eventOperations } from './eventbridge.ts';
import { iamOperations, stsService } from './identity.ts';
import { lambdaService } from './lambda.ts';
import { logOperations } from './logs.ts';
import { secretOperations } from './secrets-manager.ts';
import { securityHubOperations } from './security-hub.ts';
import { snsOperations } from './sns.ts';
import { sqsOperations } from './sqs/operations.ts';
import { ssmOperations } from './ssm.ts';

/** What some services need besides the state of the account. */
export interface ServiceContext {
  readonly functions: FunctionHost;
  readonly recorder: ConfigRecorder;
  readonly history: EventHistory;
}

/** One AWS service of the embedded account. */
interface ServiceDefinition {
  /** Creates the service for one account: its wire protocol and its operations. */
  readonly create: (context: ServiceContext) => Service;
  /** The service's own errors for injected faults. Default: the errors of AWS's JSON services. */
  readonly errors?: Partial<FaultErrors>;
}

const JSON_ERRORS: FaultErrors = {
  throttle: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
  'internal-error': { code: 'InternalServerError', message: 'An internal error has occurred', status: 500 },
  unauthorized: { code: 'AccessDeniedException', message: 'Not authorized', status: 403 },
};

function throttledAs(code: string, status: number): Partial<FaultErrors> {
  return { throttle: { code, message: 'Rate exceeded', status } };
}

/** Checks the entries and keeps their names. */
function define<Name extends string>(services: Readonly<Record<Name, ServiceDefinition>>) {
  return services;
}

/**
 * The services of the embedded account, by the name that a SigV4 credential scope has for them. One entry is
 * all that a service needs. A client package of the SDK is imported when the first request needs its schemas.
 */
const SERVICES = define({
  ec2: {
    create: () =>
      queryService({
        sdk: () => import('@aws-sdk/client-ec2'),
        operations: ec2Operations,
        frame: { dialect: 'ec2', namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
      }),
    errors: {
      throttle: { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 },
      'internal-error': { code: 'InternalError', message: 'An internal error has occurred', status: 500 },
      unauthorized: {
        code: 'UnauthorizedOperation',
        message: 'You are not authorized to perform this operation.',
        status: 403,
      },
    },
  },
  lambda: {
    create: ({ functions }) => lambdaService(functions),
    errors: {
      ...throttledAs('TooManyRequestsException', 429),
      'internal-error': { code: 'ServiceException', message: 'An internal error has occurred', status: 500 },
    },
  },
  sns: {
    create: () =>
      queryService({
        sdk: () => import('@aws-sdk/client-sns'),
        operations: snsOperations,
        frame: { dialect: 'aws', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
      }),
    errors: {
      ...throttledAs('Throttled', 429),
      unauthorized: { code: 'AuthorizationError', message: 'Not authorized', status: 403 },
    },
  },
  sts: { create: () => stsService(), errors: throttledAs('Throttling', 400) },
  iam: {
    create: () =>
      queryService({
        sdk: () => import('@aws-sdk/client-iam'),
        operations: iamOperations,
        frame: { dialect: 'aws', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
      }),
    errors: throttledAs('Throttling', 400),
  },
  sqs: {
    create: () => jsonService({ sdk: () => import('@aws-sdk/client-sqs'), operations: sqsOperations }),
    errors: throttledAs('RequestThrottled', 403),
  },
  secretsmanager: {
    create: () => jsonService({ sdk: () => import('@aws-sdk/client-secrets-manager'), operations: secretOperations }),
  },
  ssm: { create: () => jsonService({ sdk: () => import('@aws-sdk/client-ssm'), operations: ssmOperations }) },
  dynamodb: { create: () => dynamoDbService() },
  config: {
    create: ({ recorder }) =>
      jsonService({ sdk: () => import('@aws-sdk/client-config-service'), operations: configOperations(recorder) }),
  },
  events: {
    create: () => jsonService({ sdk: () => import('@aws-sdk/client-eventbridge'), operations: eventOperations }),
  },
  logs: {
    create: () => jsonService({ sdk: () => import('@aws-sdk/client-cloudwatch-logs'), operations: logOperations }),
  },
  securityhub: {
    create: () =>
      restJsonService({
        sdk: () => import('@aws-sdk/client-securityhub'),
        operations: securityHubOperations,
        routes: { BatchImportFindings: 'POST /findings/import' },
      }),
    errors: throttledAs('LimitExceededException', 429),
  },
  cloudtrail: {
    create: ({ history }) =>
      jsonService({ sdk: () => import('@aws-sdk/client-cloudtrail'), operations: historyOperations(history) }),
  },
});

/** Name of a service, as a SigV4 credential scope has it. */
export type ServiceName = keyof typeof SERVICES;

function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(SERVICES, name);
}

/** A service of one account, with its errors for injected faults. */
export interface RunningService extends Service {
  readonly name: ServiceName;
  readonly errors: FaultErrors;
}

/** Creates all services of an account. */
export function createServices(context: ServiceContext): readonly RunningService[] {
  return Object.keys(SERVICES)
    .filter(isServiceName)
    .map((name) => {
      const { create, errors } = SERVICES[name];
      return { name, ...create(context), errors: { ...JSON_ERRORS, ...errors } };
    });
}
