import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ENVIRONMENT, type FunctionSpec, type Setting } from '../../shared/catalogue.ts';
import { acceptFindings } from './accepted-findings.ts';
import { writtenOnlyBy } from './queue.ts';

/** What a function of the cell is made of, apart from its spec. */
export interface FunctionParts {
  /** Fixed, so that functions that call each other can name each other without a circle in the stack. */
  readonly functionName: string;
  /** Bundle to deploy. */
  readonly directory: string;
  readonly settings: Readonly<Record<Setting, string>>;
  /** Of what it gives up; absent where nothing calls it asynchronously. */
  readonly failures: IQueue | undefined;
  /** Whether it is invoked through aliases alone: whoever invokes it by its bare name is refused, and gains nothing by another try. */
  readonly hasDoors: boolean;
  readonly key: IKey | undefined;
  /** Concurrent executions that Lambda reserves for it, which are also the most that it gets; none are reserved if undefined. */
  readonly reservedConcurrency: number | undefined;
  /** What its role allows, given the ARN of its log. */
  readonly allow: (logArn: string) => readonly PolicyStatement[];
}

const environmentOf = (spec: FunctionSpec, settings: FunctionParts['settings']): Record<string, string> =>
  Object.fromEntries(spec.environment.map((setting) => [ENVIRONMENT[setting], settings[setting]]));

/** Findings that hold for every function. */
const ACCEPTED = {
  W3005:
    'The CDK adds the role to the dependencies together with its policy, which the function does have to wait for.',
  CKV_AWS_116:
    'Failed events go to a queue by the on-failure destination of EventInvokeConfig, which has more context than a dead-letter queue.',
  CKV_AWS_117:
    'The function calls public endpoints of AWS and of chat channels only. In a VPC it would depend on NAT and on the security groups that it guards.',
  CKV_AWS_173: 'The environment variables are names, ARNs and addresses, and no secrets.',
} as const;

/** A function without reserved concurrency. */
const UNRESERVED = {
  CKV_AWS_115:
    'Reserved concurrency is an option (reservedConcurrency): a new account may have too little concurrency to reserve any of it.',
} as const;

/**
 * A Lambda function as the catalogue describes it, with a role of its own. An event that fails is tried twice more, or for as long as
 * Lambda can keep it (6 hours) while there is no capacity, and then goes to the failure queue.
 */
export function cellFunction(scope: Construct, id: string, spec: FunctionSpec, parts: FunctionParts): Lambda {
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ...(parts.key && { encryptionKey: parts.key }),
  });
  if (!parts.key) {
    acceptFindings(logGroup, {
      CKV_AWS_158:
        "CloudWatch Logs encrypts with its own key; the option customerKeys uses a key of the account's own.",
    });
  }
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `Portcullis ${spec.name}`,
  });
  for (const statement of parts.allow(logGroup.logGroupArn)) role.addToPolicy(statement);
  const { failures } = parts;
  if (failures) writtenOnlyBy(failures, { role });
  const lambda = new Lambda(scope, id, {
    functionName: parts.functionName,
    description: spec.purpose,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(parts.directory, { exclude: ['*.map'] }),
    memorySize: spec.memoryMb,
    timeout: Duration.seconds(spec.timeoutSeconds),
    environment: environmentOf(spec, parts.settings),
    role,
    logGroup,
    maxEventAge: parts.hasDoors ? Duration.minutes(1) : Duration.hours(6),
    retryAttempts: parts.hasDoors ? 0 : 2,
    ...(parts.reservedConcurrency !== undefined && { reservedConcurrentExecutions: parts.reservedConcurrency }),
    // SqsDestination would allow the role to read the queue's attributes, which Lambda has no use for.
    ...(failures && { onFailure: { bind: () => ({ destination: failures.queueArn }) } }),
  });
  acceptFindings(lambda, { ...ACCEPTED, ...(parts.reservedConcurrency === undefined && UNRESERVED) });
  return lambda;
}
