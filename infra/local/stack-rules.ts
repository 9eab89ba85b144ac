import { type Door, FUNCTIONS } from '../../shared/catalogue.ts';
import type { DeliveryRule } from './delivery.ts';
import stackRules from './stack-rules.generated.json' with { type: 'json' };

/** A rule as a template has it. */
type StackRule = (typeof stackRules)['home' | 'forwarder'][number];

/**
 * The pattern of a rule for the regions of this cell. The file has the regions that it was synthesised for, or in a forwarder a reference
 * to the forwarder's own region.
 */
function patternFor({ pattern }: StackRule, regions: readonly string[]): DeliveryRule['pattern'] {
  return 'awsRegion' in pattern.detail ? { ...pattern, detail: { ...pattern.detail, awsRegion: regions } } : pattern;
}

/**
 * The EventBridge rules of a cell, as the synthesised templates have them: those of the home region that send events to on-change, and
 * those of the forwarder in each of the other regions. `npm run generate` writes the file and `npm run check` compares it with the templates:
 * synthesising takes the CDK several seconds, and the account has to be ready within three.
 *
 * @param home name of the home region.
 * @param others names of the other regions that the cell guards.
 */
export function cellRules(home: string, others: readonly string[]): readonly DeliveryRule[] {
  const onChange = `${FUNCTIONS.onChange.name}:${'events' satisfies Door}`;
  const atHome = stackRules.home.filter(({ target }) => target === onChange);
  return [
    ...atHome.map(
      (rule): DeliveryRule => ({
        name: rule.name,
        pattern: patternFor(rule, [home, ...others]),
        region: home,
        target: 'function',
      }),
    ),
    ...others.flatMap((region) =>
      stackRules.forwarder.map(
        (rule): DeliveryRule => ({ name: rule.name, pattern: patternFor(rule, [region]), region, target: 'home-bus' }),
      ),
    ),
  ];
}
