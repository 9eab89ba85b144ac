import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventPatternError } from '../../../infra/local/delivery/event-matchers.ts';
import { type EventPattern, eventMatches } from '../../../infra/local/delivery/event-pattern.ts';
import { runProgram } from '../../run-program.ts';

/** Which patterns match which events. Patterns and events are identified by their index. */
export interface MatchResults {
  /** Patterns that are refused. */
  readonly refused: ReadonlySet<number>;
  /** For each event, the matching patterns in ascending order. */
  readonly matches: readonly (readonly number[])[];
}

/** Runs AWS's event-ruler. @param jars class path of event-ruler. */
export async function askEventRuler(
  jars: string,
  patterns: readonly EventPattern[],
  events: readonly unknown[],
): Promise<MatchResults> {
  const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-event-ruler-'));
  try {
    const [input, output] = [path.join(folder, 'input.json'), path.join(folder, 'output.json')];
    writeFileSync(input, JSON.stringify({ patterns, events }));
    await runProgram('java', ['-cp', jars, path.join(import.meta.dirname, 'EventRuler.java'), input, output]);
    const answer: { readonly refused: object; readonly matches: readonly (readonly number[])[] } = JSON.parse(
      readFileSync(output, 'utf8'),
    );
    return { refused: new Set(Object.keys(answer.refused).map(Number)), matches: answer.matches };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isRefused(pattern: EventPattern): boolean {
  try {
    eventMatches(pattern, {});
    return false;
  } catch (error) {
    if (error instanceof EventPatternError) return true;
    throw error;
  }
}

/** Runs the embedded account's matcher. */
export function askEmbedded(patterns: readonly EventPattern[], events: readonly unknown[]): MatchResults {
  const refused = new Set(patterns.keys().filter((i) => isRefused(patterns[i] ?? {})));
  const accepted = [...patterns.entries()].filter(([i]) => !refused.has(i));
  const matches = events.map((event) => accepted.flatMap(([i, pattern]) => (eventMatches(pattern, event) ? [i] : [])));
  return { refused, matches };
}
