import type { FunctionHost } from '../delivery/functions.ts';
import { jsonService } from '../wire/json.ts';
import type { ServiceName } from '../wire/messages.ts';
import { queryService } from '../wire/query.ts';
import type { Service } from '../wire/service.ts';
import { type EventHistory, historyOperations } from './cloudtrail/trail.ts';
import { type ConfigRecorder, configService } from './config/service.ts';
import { dynamoDbService } from './dynamodb.ts';
import { ec2Operations } from './ec2/operations.ts';
import { eventOperations } from './eventbridge.ts';
import { iamOperations, stsService } from './identity.ts';
import { lambdaService } from './lambda.ts';
import { secretOperations } from './secrets-manager.ts';
import { securityHubService } from './security-hub.ts';
import { snsOperations } from './sns.ts';
import { sqsOperations } from './sqs/operations.ts';
import { ssmOperations } from './ssm.ts';

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
