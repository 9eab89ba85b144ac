/** Outcome of one of moto's tests, as `outcomes.py` writes it. */
export interface Outcome {
  /** `test_security_groups.py::test_default_security_group`. */
  readonly test: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly message: string;
}

/**
 * A reason why tests of moto fail: they expect something that EC2 does not do, or an operation that the
 * account does not have.
 */
export interface Difference {
  /** What the tests expect. */
  readonly expects: string;
  /** The AWS page, or the test against AWS, that decides. */
  readonly decides: string;
  /** Matches the failure's message, so that only this difference excuses the test. */
  readonly sign: RegExp;
  readonly tests: readonly string[];
}

/** Number of tests of one file by outcome. `listed` tests failed as a difference says. */
interface Count {
  readonly total: number;
  readonly passed: number;
  readonly listed: number;
  readonly skipped: number;
}

/** The counts by file, and one line for each test with an unexpected outcome. */
export interface SuiteReport {
  readonly counts: ReadonlyMap<string, Count>;
  readonly problems: readonly string[];
}

function problemOf({ test, outcome, message }: Outcome, known: Difference | undefined): readonly string[] {
  if (outcome === 'passed') return known ? [`${test} passes: remove it from the list of differences`] : [];
  if (outcome === 'skipped') return known ? [`${test} is skipped: remove it from the list of differences`] : [];
  if (!known) return [`${test} fails and is not listed: ${message}`];
  return known.sign.test(message) ? [] : [`${test} fails in another way than listed: ${message}`];
}

/**
 * Compares outcomes with the listed differences. A listed test that passes, or that moto does not have, is a
 * problem, too.
 */
export function compareOutcomes(outcomes: readonly Outcome[], differences: readonly Difference[]): SuiteReport {
  const known = new Map(differences.flatMap((difference) => difference.tests.map((test) => [test, difference])));
  const ran = new Set(outcomes.map(({ test }) => test));
  const missing = [...known.keys()].filter((test) => !ran.has(test));
  const byFile = Map.groupBy(outcomes, ({ test }) => test.split('::')[0] ?? '');
  const counts = Array.from(byFile, ([file, ends]) => {
    const of = (outcome: Outcome['outcome']) => ends.filter((end) => end.outcome === outcome);
    const listed = of('failed').filter((end) => problemOf(end, known.get(end.test)).length === 0).length;
    const count = { total: ends.length, passed: of('passed').length, listed, skipped: of('skipped').length };
    return [file, count] as const;
  });
  return {
    counts: new Map(counts),
    problems: [
      ...outcomes.flatMap((end) => problemOf(end, known.get(end.test))),
      ...missing.map((test) => `${test} is listed as a difference, and moto has no such test`),
    ],
  };
}
