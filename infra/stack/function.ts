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

/** What a function of the cell is made of, apart from its spec. */
export interface FunctionParts {
  /** Fixed, so that functions that call each other can name each other without a circle in the stack. */
  readonly functionName: string;
  /** Bundle to deploy. */
  readonly directory: string;
  readonly settings: Readonly<Record<Setting, string>>;
  /** Of what it gives up; absent where nothing calls it asynchronously. */
  readonly failureQueue: IQueue | undefined;
  /** Whether it is invoked through aliases alone: whoever invokes it by its bare name is refused, and gains nothing by another try. */
  readonly hasAliases: boolean;
  readonly key: IKey | undefined;
  /** Concurrent executions that Lambda reserves for it, which are also the most that it gets; none are reserved if undefined. */
  readonly reservedConcurrency: number | undefined;
  /** What its role allows, given the ARN of its log. */
  readonly allow: (logArn: string) => readonly PolicyStatement[];
}

function environmentOf(spec: FunctionSpec, settings: FunctionParts['settings']): Record<string, string> {
  return Object.fromEntries(spec.environment.map((setting) => [ENVIRONMENT[setting], settings[setting]]));
}

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
  const { failureQueue: failures } = parts;
  if (failures) restrictSenders(failures, { role });
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
    // SqsDestination would allow the role to read the queue's attributes, which Lambda has no use for.
    ...(failures && { onFailure: { bind: () => ({ destination: failures.queueArn }) } }),
  });
  acceptFindings(lambda, { ...ACCEPTED, ...(parts.reservedConcurrency === undefined && UNRESERVED) });
  return lambda;
}

/** What the aliases of a function are made of. */
interface AliasParts {
  readonly doors: Partial<Readonly<Record<Door, DoorSpec>>>;
  /** Of what the function gives up; absent where nothing calls it asynchronously. */
  readonly failures: IQueue | undefined;
}

const ALIAS_NAMES = ['events', 'requests'] as const satisfies readonly Door[];

function aliasId(id: string, door: Door): string {
  return `${id}${door === 'events' ? 'Events' : 'Requests'}`;
}

function aliasOf(scope: Construct, id: string, door: Door, lambda: Lambda, spec: DoorSpec, failures?: IQueue): Alias {
  return new Alias(scope, id, {
    aliasName: door,
    version: lambda.latestVersion,
    description: `For ${spec.from}`,
    maxEventAge: Duration.minutes(spec.maxAgeMinutes),
    retryAttempts: spec.retries,
    ...(failures && { onFailure: { bind: () => ({ destination: failures.queueArn }) } }),
  });
}

/**
 * The aliases through which a function is invoked, as the catalogue declares them. An alias does not inherit the function's settings for
 * asynchronous invocations: without its own, what fails would be lost after two retries. All aliases point at the newest code.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export function aliasesOf(
  scope: Construct,
  id: string,
  lambda: Lambda,
  { doors, failures }: AliasParts,
): Partial<Readonly<Record<Door, Alias>>> {
  return Object.fromEntries(
    ALIAS_NAMES.flatMap((door) => {
      const spec = doors[door];
      return spec === undefined ? [] : [[door, aliasOf(scope, aliasId(id, door), door, lambda, spec, failures)]];
    }),
  );
}
