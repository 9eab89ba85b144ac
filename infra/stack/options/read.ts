import { InputInvalid } from '../../../shared/domain/errors.ts';
import { didYouMean } from '../../../shared/policy/schema/suggest.ts';
import { contradictions } from './combinations.ts';
import type { Reading } from './kinds.ts';
import { OPTIONS, type OptionName, type StackOptions } from './registry.ts';

const NAMES = Object.keys(OPTIONS);

const isOption = (name: string): name is OptionName => Object.hasOwn(OPTIONS, name);

/**
 * Context entries of the CDK itself: feature flags (`@aws-cdk/aws-iam:minimizePolicies`), what its command line adds
 * (`aws:cdk:enable-path-metadata`), cached lookups (`availability-zones:account=…`), and two settings without a colon.
 */
const isOfCdk = (name: string): boolean =>
  name.includes(':') || name === 'cli-telemetry' || name === 'acknowledged-issue-numbers';

function readingOf(name: OptionName, given: unknown): Reading<unknown> {
  // cdk.json holds JSON, so that a boolean or a number may stand there without quotes.
  const text = typeof given === 'boolean' || typeof given === 'number' ? String(given) : given;
  if (typeof text !== 'string') return { problem: `expected text, found ${JSON.stringify(given)}` };
  if (text.trim() === '') return { problem: 'it is empty; leave the option out' };
  return OPTIONS[name].read(text.trim());
}

/**
 * Reads the options of the stack from the CDK's context.
 *
 * @param context every context entry, as the app has it.
 * @param credentialsRegion the region that the CDK deploys into by default; the home region if `regions` is given without `homeRegion`.
 *   Without both options the stack fits any region, and ARNs are checked against this one.
 * @throws InputInvalid with every problem, one a line: unknown names, values that cannot be read, and options that contradict each other.
 */
export function readOptions(context: Readonly<Record<string, unknown>>, credentialsRegion?: string): StackOptions {
  const problems: string[] = [];
  const unread = new Set<string>();
  const values: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(context)) {
    if (isOption(name)) {
      const reading = readingOf(name, given);
      if ('value' in reading) values[name] = reading.value;
      else {
        problems.push(`${name}: ${reading.problem}`);
        unread.add(name);
      }
    } else if (!isOfCdk(name)) problems.push(`${name}: not an option${didYouMean(name, NAMES)}`);
  }
  // A region list decides which regions forward their events, so that it fixes the home region.
  if (values['homeRegion'] === undefined && values['regions'] !== undefined && !Object.hasOwn(context, 'homeRegion')) {
    values['homeRegion'] = credentialsRegion;
  }
  const options: StackOptions = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  // A stack that fits any region is deployed into the region of the credentials.
  const deployed: StackOptions =
    credentialsRegion === undefined ? options : { homeRegion: credentialsRegion, ...options };
  problems.push(...contradictions(deployed, unread));
  if (problems.length > 0) throw new InputInvalid(problems.map((problem) => `cdk context ${problem}`).join('\n'));
  return options;
}
