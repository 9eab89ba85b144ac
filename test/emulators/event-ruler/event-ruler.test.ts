import { afterAll, describe, expect, it } from 'vitest';
import type { EventPattern } from '../../../infra/local/delivery/event-pattern.ts';
import { DECIDED, EVENT, REFUSED } from '../../infra/local/delivery/event-pattern-cases.ts';
import { resourcesIn, stackSetTemplate, stacksIn, withoutReferences } from '../assembly.ts';
import { ASSEMBLIES } from '../surroundings.ts';
import { askEmbedded, askEventRuler, type MatchResults } from './event-ruler.ts';
import { nearMisses } from './near-misses.ts';
import { RANDOM } from './random.ts';
import { sampleEvents } from './sample-events.ts';

/** What was compared, printed at the end of the run. */
const compared: string[] = [];

/** Runs both matchers, expects the same results and returns them. */
async function agreedResults(
  what: string,
  patterns: readonly EventPattern[],
  events: readonly unknown[],
): Promise<MatchResults> {
  const jars = process.env['EVENT_RULER_JARS'];
  if (!jars) throw new Error('EVENT_RULER_JARS is not set: run this suite by `npm run test:emulators`');
  const theirs = await askEventRuler(jars, patterns, events);
  const ours = askEmbedded(patterns, events);
  const named = (indexes: Iterable<number>) => Array.from(indexes, (i) => patterns[i]);
  expect(named(ours.refused)).toEqual(named(theirs.refused));
  const differing = events.flatMap((event, i) => {
    const [embedded, eventRuler] = [new Set(ours.matches[i]), new Set(theirs.matches[i])];
    const disputed = embedded.symmetricDifference(eventRuler);
    return Array.from(disputed, (of) => ({ pattern: patterns[of], event, 'event-ruler matches': eventRuler.has(of) }));
  });
  expect(differing.slice(0, 10), `${differing.length} results differ`).toEqual([]);
  const matching = theirs.matches.reduce((sum, { length }) => sum + length, 0);
  compared.push(`${what}: ${patterns.length} patterns × ${events.length} events, ${matching} matches`);
  return theirs;
}

/** Every pattern of a rule in the synthesised templates and in the forwarder's, once. */
const patterns: readonly EventPattern[] = Array.from(
  new Set(
    [
      ...Object.values(ASSEMBLIES).flatMap(stacksIn),
      ...stacksIn(ASSEMBLIES.full).map(({ template }) => ({ template: stackSetTemplate(template) })),
    ]
      .flatMap(({ template }) => resourcesIn(template))
      .filter(([, { Type, Properties }]) => Type === 'AWS::Events::Rule' && 'EventPattern' in Properties)
      .map(([, { Properties }]) => JSON.stringify(withoutReferences(Properties['EventPattern']))),
  ),
  (text): EventPattern => JSON.parse(text),
);

afterAll(() => {
  console.log(compared.map((line) => `event-ruler and the embedded account agree on ${line}`).join('\n'));
});

describe("AWS's event-ruler and the embedded account's matcher agree", () => {
  it('on the rules of the stacks and every sample event', async () => {
    const { matches } = await agreedResults('sample events', patterns, sampleEvents());
    expect(matches.flat()).not.toEqual([]);
  });

  it('on the rules of the stacks and events that differ from the sample events in one field', async () => {
    const events = nearMisses(patterns, sampleEvents());
    const { matches } = await agreedResults('near misses', patterns, events);
    const matched = new Set(matches.flat());
    const unmatched = patterns.filter((_, i) => !matched.has(i));
    expect(unmatched.filter((pattern) => JSON.stringify(pattern).includes('AWS API Call via CloudTrail'))).toEqual([]);
  });

  it('on every operator, and on invalid patterns', async () => {
    const cases = [...DECIDED, ...REFUSED].map(([, detail]) => ({ detail }));
    const { matches } = await agreedResults('operators', cases, [EVENT]);
    expect(matches).toEqual([DECIDED.flatMap(([, , isMatch], i) => (isMatch ? [i] : []))]);
  });

  it('on random patterns and events', async () => {
    const { matches } = await agreedResults('random cases', RANDOM.patterns, RANDOM.events);
    expect(matches.flat().length).toBeGreaterThan(10_000);
  });
});
