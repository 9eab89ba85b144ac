import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  type Conditions,
  FED_PERMISSIONS,
  type FunctionSpec,
  type Grant,
  PERMISSIONS,
  type Resource,
  RUNTIME_PERMISSIONS,
} from '../shared/catalogue.ts';

/** ARNs of each kind of resource in this cell. */
export type Arns = Readonly<Record<Resource, readonly string[]>>;

const statement = (actions: Iterable<string>, resources: readonly string[], when?: Conditions): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...new Set(actions)].toSorted(),
    resources: [...resources],
    ...(when && { conditions: when }),
  });

/** Grants of one group become one statement. */
const placeOf = ({ on, when }: Grant): string => JSON.stringify([on, when]);

/**
 * What a function's role allows: what the port methods it uses need, what Lambda needs in its name, and nothing else.
 *
 * @param keyArn the customer's key, where there is one.
 */
export function statementsFor(
  { uses, fed }: Pick<FunctionSpec, 'uses' | 'fed'>,
  arns: Arns,
  keyArn: string | undefined,
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
  const keyActions = grants.flatMap((grant) => grant.key ?? []);
  return keyArn === undefined ? statements : [...statements, statement(keyActions, [keyArn])];
}
