import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Alias, Architecture, Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type Door, type DoorSpec, ENVIRONMENT, type FunctionSpec, type Setting } from '../../shared/catalogue.ts';
import { acceptFindings } from './accepted-findings.ts';
import { restrictSenders } from './queues.ts';

/** Everything that a function needs besides its spec. */
interface FunctionProps {
  /** Fixed, so that functions can refer to each other without a cycle in the template. */
  readonly functionName: string;
  /** Folder of the bundle. */
  readonly directory: string;
  readonly settings: Readonly<Record<Setting, string>>;
  /** Absent if nothing invokes the function asynchronously. */
  readonly failureQueue: IQueue | undefined;
  /**
   * Whether callers use aliases only. The function refuses calls without an alias, so Lambda does not retry
   * them.
   */
  readonly hasAliases: boolean;
  readonly key: IKey | undefined;
  /** Concurrent executions that Lambda reserves, which are also the maximum. Undefined: none are reserved. */
  readonly reservedConcurrency: number | undefined;
  /** Statements of the role, given the ARN of the log group. */
  readonly allow: (logArn: string) => readonly PolicyStatement[];
}

function environmentOf(spec: FunctionSpec, settings: FunctionProps['settings']): Record<string, string> {
  return Object.fromEntries(spec.environment.map((setting) => [ENVIRONMENT[setting], settings[setting]]));
}

/** Accepted findings of the linters for every function. */
const ACCEPTED = {
  W3005:
    'The CDK adds the role to the dependencies together with its policy, and the function has to wait for the policy.',
  CKV_AWS_116:
    'Failed events go to a queue by the on-failure destination of EventInvokeConfig, which has more context than a dead-letter queue.',
  CKV_AWS_117:
    'The function calls public endpoints of AWS and of chat channels only. In a VPC it would depend on NAT and on the security groups that it guards.',
  CKV_AWS_173: 'The environment variables are names, ARNs and addresses, and no secrets.',
} as const;

/** The accepted finding for a function without reserved concurrency. */
const UNRESERVED = {
  CKV_AWS_115:
    'Reserved concurrency is an option (reservedConcurrency): a new account may have too little concurrency to reserve any of it.',
} as const;

/**
 * Creates a Lambda function from its spec, with its own role and log group. Lambda retries a failed event
 * twice, and a throttled event for up to 6 hours. Then the event goes to the failure queue.
 */
export function cellFunction(scope: Construct, id: string, spec: FunctionSpec, parts: FunctionProps): Lambda {
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
  const { failureQueue } = parts;
  if (failureQueue) restrictSenders(failureQueue, { role });
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
    maxEventAge: parts.hasAliases ? Duration.minutes(1) : Duration.hours(6),
    retryAttempts: parts.hasAliases ? 0 : 2,
    ...(parts.reservedConcurrency !== undefined && { reservedConcurrentExecutions: parts.reservedConcurrency }),
    // CDK's SqsDestination would also allow the role to read the queue's attributes, which Lambda does not
    // need.
    ...(failureQueue && { onFailure: { bind: () => ({ destination: failureQueue.queueArn }) } }),
  });
  acceptFindings(lambda, { ...ACCEPTED, ...(parts.reservedConcurrency === undefined && UNRESERVED) });
  return lambda;
}

/** The aliases that the catalogue declares for a function. */
export type AliasSpecs = Readonly<Partial<Record<Door, DoorSpec>>>;

interface AliasProps {
  readonly aliasSpecs: AliasSpecs;
  /** Absent if nothing invokes the function asynchronously. */
  readonly failureQueue: IQueue | undefined;
}

/** Each alias, and the end of its construct id. */
const ALIAS_IDS = { events: 'Events', requests: 'Requests' } as const satisfies Record<Door, string>;

/**
 * Creates the aliases of a function. An alias does not inherit the function's settings for asynchronous
 * invocations: without its own settings, Lambda would drop a failed event after two retries. All aliases
 * point to the latest version.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export function aliasesOf(
  scope: Construct,
  id: string,
  lambda: Lambda,
  { aliasSpecs, failureQueue }: AliasProps,
): Readonly<Partial<Record<Door, Alias>>> {
  const create = (aliasName: Door, { from, maxAgeMinutes, retries }: DoorSpec): Alias =>
    new Alias(scope, `${id}${ALIAS_IDS[aliasName]}`, {
      aliasName,
      version: lambda.latestVersion,
      description: `For ${from}`,
      maxEventAge: Duration.minutes(maxAgeMinutes),
      retryAttempts: retries,
      ...(failureQueue && { onFailure: { bind: () => ({ destination: failureQueue.queueArn }) } }),
    });
  const { events, requests } = aliasSpecs;
  return {
    ...(events && { events: create('events', events) }),
    ...(requests && { requests: create('requests', requests) }),
  };
}
