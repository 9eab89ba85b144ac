import { type Door, FUNCTIONS } from '../../shared/catalogue.ts';
import type { DeliveryRule } from './delivery.ts';
import stackRules from './stack-rules.generated.json' with { type: 'json' };

/**
 * The EventBridge rules of a cell, as the synthesised templates have them: those of the home region that send events to on-change, and
 * those of the forwarder in each of the other regions. `npm run generate` writes the file and `npm run check` compares it with the templates:
 * synthesising takes the CDK several seconds, and the account has to be ready within three.
 */
export function cellRules(home: string, others: readonly string[]): readonly DeliveryRule[] {
  const onChange = `${FUNCTIONS.onChange.name}:${'events' satisfies Door}`;
  const atHome = stackRules.home.filter(({ target }) => target === onChange);
  return [
    ...atHome.map(({ name, pattern }): DeliveryRule => ({ name, pattern, region: home, target: 'function' })),
    ...others.flatMap((region) =>
      stackRules.forwarder.map(({ name, pattern }): DeliveryRule => ({ name, pattern, region, target: 'home-bus' })),
    ),
  ];
}
