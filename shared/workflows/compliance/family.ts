import { FAMILIES } from '../../controls/parts/families.ts';
import type { RuleParameters } from '../../domain/compliance.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import { InputInvalid } from '../../domain/errors.ts';
import { withControls } from '../../policy/with-controls.ts';

const familyOf = (name: string) => {
  const found = Object.entries(FAMILIES).find(([id]) => id === name)?.[1];
  if (found !== undefined) return found;
  throw new InputInvalid(
    `AWS Config rule: the parameter family is ${JSON.stringify(name)}, which is none of ${Object.keys(FAMILIES).join(', ')}`,
  );
};

const controlsOf = ({ family, controls }: RuleParameters): ReadonlySet<string> => {
  const known: readonly string[] = familyOf(family).controls;
  const odd = controls?.find((id) => !known.includes(id));
  if (odd === undefined) return new Set(controls ?? known);
  throw new InputInvalid(
    `AWS Config rule: ${JSON.stringify(odd)} is no control of the family ${family} (${known.join(', ')})`,
  );
};

/** The policy with no more controls than a rule of AWS Config is about. Throws InputInvalid where there is no such family or control. */
export const policyOfFamily = (policy: Policy, parameters: RuleParameters): Policy => {
  const wanted = controlsOf(parameters);
  return withControls(policy, (id) => wanted.has(id));
};
