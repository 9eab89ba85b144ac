import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  type Conditions,
  FED_PERMISSIONS,
  type FunctionSpec,
  type Grant,
  PERMISSIONS,
  type Resource,
  RUNTIME_PERMISSIONS,
} from '../../shared/catalogue.ts';

/** ARNs of each kind of resource in this cell. */
export type Arns = Readonly<Record<Resource, readonly string[]>>;

/** The customer's key, and the region in which the services use it. */
export interface CustomerKey {
  readonly arn: string;
  readonly region: string;
}

const statement = (actions: Iterable<string>, resources: readonly string[], when?: Conditions): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...new Set(actions)].toSorted(),
    resources: [...resources],
    ...(when && { conditions: when }),
  });

/** Grants of one group become one statement. */
const placeOf = ({ on, when }: Grant): string => JSON.stringify([on, when]);

/** The service whose actions a grant allows: `dynamodb` of `dynamodb:PutItem`. */
function serviceOf({ actions }: Grant): string {
  return actions[0]?.split(':')[0] ?? '';
}

/**
 * Lets a role use the key through the services that need it, and never by a call of its own to KMS. The last part of a service's name
 * differs by partition, so a wildcard stands for it; only AWS sets the value.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
function keyStatements(grants: readonly Grant[], { arn, region }: CustomerKey): readonly PolicyStatement[] {
  const needing = Map.groupBy(
    grants.filter(({ key }) => key !== undefined),
    serviceOf,
  );
  return [...needing].map(([service, alike]) =>
    statement(
      alike.flatMap(({ key = [] }) => key),
      [arn],
      { StringLike: { 'kms:ViaService': `${service}.${region}.*` } },
    ),
  );
}

/** What a function's role allows: what the port methods it uses need, what Lambda needs in its name, and nothing else. */
export function statementsFor(
  { uses, fed }: Pick<FunctionSpec, 'uses' | 'fed'>,
  arns: Arns,
  key: CustomerKey | undefined,
): readonly PolicyStatement[] {
  const grants: readonly Grant[] = [
    ...RUNTIME_PERMISSIONS,
    ...(fed ? FED_PERMISSIONS : []),
    ...uses.flatMap((method): readonly Grant[] => PERMISSIONS[method]),
  ];
  const statements = [...Map.groupBy(grants, placeOf).values()].flatMap((alike) => {
    const [first] = alike;
    const actions = alike.flatMap((grant) => grant.actions);
    return first === undefined || arns[first.on].length === 0 ? [] : [statement(actions, arns[first.on], first.when)];
  });
  const usable = grants.filter(({ on }) => arns[on].length > 0);
  return key === undefined ? statements : [...statements, ...keyStatements(usable, key)];
}
