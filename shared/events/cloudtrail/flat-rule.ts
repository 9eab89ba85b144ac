import { InputInvalid } from '../../domain/errors.ts';
import type { Direction, RuleContent } from '../../domain/rule.ts';
import { flatSource } from '../describe/source.ts';
import { readTraffic } from '../describe/traffic.ts';
import { type Fields, field, placeOf, shown, textField } from '../fields.ts';

const readDirection = (fields: Fields, at: string, otherwise: Direction | undefined): Direction => {
  const value = field(fields, 'isEgress') ?? (otherwise === undefined ? undefined : otherwise === 'egress');
  if (value === true || value === 'true') return 'egress';
  if (value === false || value === 'false') return 'ingress';
  throw new InputInvalid(`${placeOf(fields, 'isEgress', at)}: ${shown(value)} is neither true nor false`);
};

/**
 * Reads what a rule lets through where it carries its single source in its own fields: DescribeSecurityGroupRules, CloudTrail's
 * `securityGroupRuleSet` and flat form. `direction` is what the surroundings tell where the rule itself does not.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 * @throws InputInvalid naming the field under `at`.
 */
export const readFlatRule = (fields: Fields, at: string, direction?: Direction): RuleContent => {
  const description = textField(fields, 'description');
  return {
    direction: readDirection(fields, at, direction),
    ...readTraffic(fields, at),
    source: flatSource(fields, at),
    ...(description === undefined ? {} : { description }),
  };
};
