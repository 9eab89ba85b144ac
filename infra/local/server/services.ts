import { ec2Operations } from '../account/ec2-operations.ts';
import { eventOperations } from '../account/events.ts';
import { iamOperations } from '../account/iam.ts';
import { secretOperations } from '../account/secrets.ts';
import { snsOperations } from '../account/sns.ts';
import { sqsOperations } from '../account/sqs.ts';
import { ssmOperations } from '../account/ssm.ts';
import { type EventHistory, historyOperations } from '../cloudtrail/history.ts';
import type { ConfigRecorder } from '../config-recorder.ts';
import type { FunctionHost } from '../function-host.ts';
import { configService } from './config-service.ts';
import { dynamoDbService } from './dynamodb-service.ts';
import { jsonService } from './json-service.ts';
import { lambdaService } from './lambda-service.ts';
import { queryService } from './query-service.ts';
import { securityHubService } from './security-hub-service.ts';
import type { Service } from './service.ts';
import { stsService } from './sts-service.ts';
import type { ServiceName } from './wire.ts';

/** Every service in its own protocol. The SDK's packages are imported when the first request needs their schemas. */
export function allServices(
  functions: FunctionHost,
  recorder: ConfigRecorder,
  history: EventHistory,
): Readonly<Record<ServiceName, Service>> {
  return {
    ec2: queryService({
      sdk: () => import('@aws-sdk/client-ec2'),
      operations: ec2Operations,
      frame: { dialect: 'ec2', namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
    }),
    lambda: lambdaService(functions),
    sns: queryService({
      sdk: () => import('@aws-sdk/client-sns'),
      operations: snsOperations,
      frame: { dialect: 'aws', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
    }),
    sts: stsService(),
    iam: queryService({
      sdk: () => import('@aws-sdk/client-iam'),
      operations: iamOperations,
      frame: { dialect: 'aws', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
    }),
    sqs: jsonService({ sdk: () => import('@aws-sdk/client-sqs'), operations: sqsOperations }),
    secretsmanager: jsonService({
      sdk: () => import('@aws-sdk/client-secrets-manager'),
      operations: secretOperations,
    }),
    ssm: jsonService({ sdk: () => import('@aws-sdk/client-ssm'), operations: ssmOperations }),
    dynamodb: dynamoDbService(),
    config: configService(recorder),
    events: jsonService({ sdk: () => import('@aws-sdk/client-eventbridge'), operations: eventOperations }),
    securityhub: securityHubService(),
    cloudtrail: jsonService({
      sdk: () => import('@aws-sdk/client-cloudtrail'),
      operations: historyOperations(history),
    }),
  };
}
