import { FUNCTIONS, type FunctionId } from '../../../shared/catalogue.ts';
import { didYouMean } from '../../../shared/policy/schema/suggest.ts';
import type { Kind } from './kinds.ts';

/** Concurrent executions that Lambda reserves for functions. */
export type ReservedConcurrency = Readonly<Partial<Record<FunctionId, number>>>;

/** The alert queue keeps two invocations of on-alert running. With fewer Lambda throttles the queue, and messages come late. */
const LEAST: ReservedConcurrency = { onAlert: 2 };

const isFunctionId = (id: string): id is FunctionId => Object.hasOwn(FUNCTIONS, id);

const BY_NAME: ReadonlyMap<string, FunctionId> = new Map(
  Object.keys(FUNCTIONS)
    .filter(isFunctionId)
    .map((id) => [FUNCTIONS[id].name, id]),
);

/** The functions that concurrency is reserved for. */
export function reservedFunctions(reserved: ReservedConcurrency): readonly FunctionId[] {
  return Object.keys(reserved).filter(isFunctionId);
}

/** What is wrong with one entry `NAME:NUMBER`; undefined if nothing is. */
function problemOf(entry: string): string | undefined {
  const [, name = '', digits = ''] = /^([^:]*):(.*)$/.exec(entry) ?? [];
  const id = BY_NAME.get(name);
  if (id === undefined) {
    const known = [...BY_NAME.keys()];
    return `expected FUNCTION:NUMBER with one of ${known.join(', ')}, found ${JSON.stringify(entry)}${didYouMean(name, known)}`;
  }
  const least = LEAST[id] ?? 1;
  const isWhole = /^[1-9]\d{0,5}$/.test(digits);
  return isWhole && Number(digits) >= least
    ? undefined
    : `expected a whole number of at least ${least} for ${name}, found ${JSON.stringify(digits)}`;
}

/** Numbers of concurrent executions by function, as `on-change:20,on-grant:5`. Blanks do not count. */
export const reservedConcurrency: Kind<ReservedConcurrency> = (text) => {
  const entries = text.split(',').map((entry) => entry.replaceAll(/\s/g, ''));
  const problems = entries.map(problemOf).filter((found) => found !== undefined);
  if (problems.length > 0) return { problem: problems.join('; ') };
  const pairs = entries.map((entry) => entry.split(':')).map(([name = '', digits]) => [name, Number(digits)] as const);
  const twice = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) !== index);
  return twice === undefined
    ? { value: Object.fromEntries(pairs.map(([name, number]) => [BY_NAME.get(name), number])) }
    : { problem: `${twice[0]} is there twice` };
};
