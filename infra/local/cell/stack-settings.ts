import {
  DEAD_LETTERS,
  type DeadLetterQueue,
  DOORS,
  type Door,
  type DoorSpec,
  FUNCTIONS,
  type FunctionId,
} from '../../../shared/catalogue.ts';
import type { DeliveryRule } from '../delivery/eventbridge.ts';
import type { AsyncSettings } from '../delivery/invocation.ts';
import stackRules from '../stack-rules.generated.json' with { type: 'json' };

/** The aliases of each function that has aliases, from the catalogue. */
export const ALL_DOORS: Partial<Readonly<Record<FunctionId, Partial<Readonly<Record<Door, DoorSpec>>>>>> = DOORS;

/** Queues of failed events and invocations. The alert queue has a dead-letter queue of its own. */
export const FAILURE_QUEUES: readonly DeadLetterQueue[] = [
  'UndeliveredEvents',
  'FailedChanges',
  'FailedGrants',
  'FailedSchedules',
  'FailedEvaluations',
  'FailedActions',
];

const QUEUES: Readonly<Record<DeadLetterQueue, { readonly kind: string; readonly of: readonly FunctionId[] }>> =
  DEAD_LETTERS;

/** The stack's settings for asynchronous invocations of a function and of its aliases. */
interface FunctionSettings extends AsyncSettings {
  readonly aliases: Readonly<Record<string, AsyncSettings>>;
}

/**
 * The settings of a function. on-alert has no failure queue, because its events come from the alert queue.
 *
 * @param arnOf ARN of a queue by its id in the stack.
 */
export function asyncSettings(id: FunctionId, arnOf: (queue: DeadLetterQueue) => string): FunctionSettings {
  const queue = FAILURE_QUEUES.find((one) => QUEUES[one].kind === 'invocation' && QUEUES[one].of.includes(id));
  const failures: AsyncSettings = queue === undefined ? {} : { failureQueueArn: arnOf(queue) };
  const doors = Object.entries(ALL_DOORS[id] ?? {});
  const aliases = Object.fromEntries(
    doors.map(([door, { retries, maxAgeMinutes }]) => [
      door,
      { retries, maxEventAgeMs: maxAgeMinutes * 60_000, ...failures },
    ]),
  );
  // A function with aliases refuses every invocation by its bare name, so a retry is useless.
  return { ...failures, aliases, ...(doors.length > 0 && { retries: 0 }) };
}

/** A rule of a synthesised template. */
type StackRule = (typeof stackRules)['home' | 'forwarder'][number];

/**
 * The pattern of a rule for the regions of this cell. The file has the regions of its synthesis or, in a
 * forwarder, a reference to the forwarder's own region.
 */
function patternFor({ pattern }: StackRule, regions: readonly string[]): DeliveryRule['pattern'] {
  return 'awsRegion' in pattern.detail ? { ...pattern, detail: { ...pattern.detail, awsRegion: regions } } : pattern;
}

/**
 * The EventBridge rules of a cell as in the synthesised templates: the home region's rules that target
 * on-change, and the forwarder's rules in each other region. `npm run generate` writes the file and `npm run
 * check` compares it with the templates. Synthesis at start would take several seconds, and the account must
 * start within three.
 *
 * @param home name of the home region.
 * @param others names of the other guarded regions.
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
