import type { GroupSnapshot } from '../../shared/domain/ec2.ts';
import type { Group } from '../../shared/domain/group.ts';
import { parseJson } from '../../shared/events/json.ts';
import type { Terminal } from '../terminal.ts';
import { AccountIndex, knownFacts, type WantedFacts } from './account-index.ts';
import {
  PageTracker,
  readAccount,
  readGroupsAlone,
  readWithOmissions,
  supplementErrors,
  valuesOf,
  withCidrs,
} from './account-input.ts';
import { type InputBytes, inputBytes } from './input-bytes.ts';
import { isJsonLines, jsonLines, readWhole } from './json-lines.ts';
import { type Input, type Parse, parseInput } from './read-input.ts';
import { readSupplements, type Supplements, supplementsIn } from './supplements.ts';

/** The result of the first pass over JSON lines. It is small compared with the groups. */
export interface Survey {
  readonly supplements: Supplements;
  readonly index: AccountIndex;
  readonly errors: readonly string[];
  /** Whether EC2 answered that there are no groups. */
  readonly confirmsNoGroups: boolean;
}

/**
 * The first pass over inputs, value by value. It collects the supplements and the facts that depend on all
 * groups. It returns undefined if a group is described more than once, because then the parts have to be
 * merged first.
 */
export async function surveyInputs(inputs: AsyncIterable<Input>, wanted: WantedFacts): Promise<Survey | undefined> {
  const index = new AccountIndex(wanted);
  const pages = new PageTracker();
  const [supplementValues, errors]: [unknown[], string[]] = [[], []];
  for await (const input of inputs) {
    pages.add(input);
    const found = valuesOf(input).flatMap((value) => supplementsIn(value) ?? []);
    if (found.length > 0) errors.push(...supplementErrors(input));
    supplementValues.push(...found);
    for (const group of readGroupsAlone(input).groups) {
      if (index.has(group.id)) return undefined;
      index.add(group);
    }
  }
  const { confirmsNoGroups } = pages;
  return {
    supplements: readSupplements(supplementValues, []),
    index,
    errors: [...errors, ...pages.errors],
    confirmsNoGroups,
  };
}

/** Groups that were read together, and the errors. */
export interface GroupBatch {
  readonly groups: readonly GroupSnapshot[];
  readonly errors: readonly string[];
  /** Whether EC2 answered that there are no groups. */
  readonly confirmsNoGroups?: boolean;
}

/** An input that was read as a whole, or one that can be read line by line several times. */
type OpenedInput = { readonly whole: Input } | { readonly lines: InputBytes };

async function openInput(input: InputBytes): Promise<OpenedInput> {
  return (await isJsonLines(input)) ? { lines: input } : { whole: await readWhole(input) };
}

async function* walkInputs(opened: readonly OpenedInput[], parse: Parse): AsyncGenerator<Input> {
  for (const one of opened) {
    if ('whole' in one) yield one.whole;
    else yield* jsonLines(one.lines, parse);
  }
}

/** A group with the facts that the files state about it. */
export function withFacts(group: Group, { supplements, index }: Survey): GroupSnapshot {
  return {
    group:
      supplements.lists.size === 0
        ? group
        : { ...group, rules: group.rules.map((rule) => withCidrs(rule, supplements.lists)) },
    facts: knownFacts(group, supplements, index),
  };
}

/** Reads all inputs at once, because the descriptions of one group may be in several of them. */
function readTogether(inputs: readonly Input[], wanted: WantedFacts): GroupBatch {
  const account = readAccount(inputs);
  const index = new AccountIndex(wanted);
  for (const group of account.groups) index.add(group);
  const pages = new PageTracker();
  for (const input of inputs) pages.add(input);
  const groups = account.groups.map((group) => ({ group, facts: knownFacts(group, account, index) }));
  return { groups, errors: [...account.errors, ...pages.errors], confirmsNoGroups: pages.confirmsNoGroups };
}

/** The second pass. It does not check for duplicate keys, because the first pass has done so. */
async function* readOneByOne(opened: readonly OpenedInput[], surveyed: Survey): AsyncGenerator<GroupBatch> {
  const { errors, confirmsNoGroups } = surveyed;
  yield { groups: [], errors, confirmsNoGroups };
  for await (const input of walkInputs(opened, parseJson)) {
    const { groups, errors: unreadable } = readWithOmissions(input);
    yield { groups: groups.map((group) => withFacts(group, surveyed)), errors: unreadable };
  }
}

async function* readOpened(opened: readonly OpenedInput[], wanted: WantedFacts): AsyncGenerator<GroupBatch> {
  const surveyed = opened.some((one) => 'lines' in one)
    ? await surveyInputs(walkInputs(opened, parseInput), wanted)
    : undefined;
  if (surveyed !== undefined) {
    yield* readOneByOne(opened, surveyed);
    return;
  }
  const inputs: Input[] = [];
  for (const one of opened) inputs.push('whole' in one ? one.whole : await readWhole(one.lines));
  yield readTogether(inputs, wanted);
}

/**
 * Reads the groups that files describe, with the facts that the files state. JSON lines are read in two
 * passes with one line in memory at a time. Other forms are read as a whole, and so are JSON lines if two
 * lines describe the same group.
 *
 * @throws InputInvalid for a file that cannot be read at all.
 */
export async function* readFiles(
  files: readonly string[],
  wanted: WantedFacts,
  terminal: Terminal,
): AsyncGenerator<GroupBatch> {
  const inputs: InputBytes[] = [];
  try {
    for (const file of files) inputs.push(await inputBytes(file, terminal));
    const opened: OpenedInput[] = [];
    for (const input of inputs) opened.push(await openInput(input));
    yield* readOpened(opened, wanted);
  } finally {
    for (const input of inputs) input.close();
  }
}
