import { Duration } from 'aws-cdk-lib';
import { Alias, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Door, DoorSpec } from '../../shared/catalogue.ts';

/** What the aliases of a function are made of. */
interface DoorParts {
  readonly doors: Partial<Readonly<Record<Door, DoorSpec>>>;
  /** Of what the function gives up; absent where nothing calls it asynchronously. */
  readonly failures: IQueue | undefined;
}

const DOOR_NAMES = ['events', 'requests'] as const satisfies readonly Door[];

const idOf = (id: string, door: Door): string => `${id}${door === 'events' ? 'Events' : 'Requests'}`;

const aliasOf = (scope: Construct, id: string, door: Door, lambda: Lambda, spec: DoorSpec, failures?: IQueue): Alias =>
  new Alias(scope, id, {
    aliasName: door,
    version: lambda.latestVersion,
    description: `For ${spec.from}`,
    maxEventAge: Duration.minutes(spec.maxAgeMinutes),
    retryAttempts: spec.retries,
    ...(failures && { onFailure: { bind: () => ({ destination: failures.queueArn }) } }),
  });

/**
 * The aliases through which a function is invoked, as the catalogue declares them. An alias does not inherit the function's settings for
 * asynchronous invocations: without its own, what fails would be lost after two retries. All aliases point at the newest code.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export function doorsOf(
  scope: Construct,
  id: string,
  lambda: Lambda,
  { doors, failures }: DoorParts,
): Partial<Readonly<Record<Door, Alias>>> {
  return Object.fromEntries(
    DOOR_NAMES.flatMap((door) => {
      const spec = doors[door];
      return spec === undefined ? [] : [[door, aliasOf(scope, idOf(id, door), door, lambda, spec, failures)]];
    }),
  );
}
