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

/** What a first walk over inputs tells, small beside the groups themselves. */
export interface Survey {
  readonly supplements: Supplements;
  readonly index: AccountIndex;
  readonly errors: readonly string[];
  /** Whether EC2 answered that there is no group. */
  readonly confirmsNoGroups: boolean;
}

/**
 * Walks over inputs once, value by value: what stands beside the groups, and the facts that only the whole set tells. Undefined where a
 * group is described more than once, so that its parts have to be brought together first.
 */
export async function surveyInputs(inputs: AsyncIterable<Input>, wanted: WantedFacts): Promise<Survey | undefined> {
  const index = new AccountIndex(wanted);
  const pages = new PageTracker();
  const [beside, errors]: [unknown[], string[]] = [[], []];
  for await (const input of inputs) {
    pages.add(input);
    const held = valuesOf(input).flatMap((value) => supplementsIn(value) ?? []);
    if (held.length > 0) errors.push(...supplementErrors(input));
    beside.push(...held);
    for (const group of readGroupsAlone(input).groups) {
      if (index.has(group.id)) return undefined;
      index.add(group);
    }
  }
  const { confirmsNoGroups: isAnswered } = pages;
  return {
    supplements: readSupplements(beside, []),
    index,
    errors: [...errors, ...pages.errors],
    confirmsNoGroups: isAnswered,
  };
}

/** Groups that came together, and what could not be read. */
export interface GroupBatch {
  readonly sightings: readonly GroupSnapshot[];
  readonly errors: readonly string[];
  /** Whether EC2 answered that there is no group, where the part has none. */
  readonly confirmsNoGroups?: boolean;
}

/** An input that is read as a whole, or one that is read line by line, as often as it is needed. */
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

/** A group with the facts that the files tell of it. */
export function withFacts(group: Group, { supplements, index }: Survey): GroupSnapshot {
  return {
    group:
      supplements.lists.size === 0
        ? group
        : { ...group, rules: group.rules.map((rule) => withCidrs(rule, supplements.lists)) },
    facts: knownFacts(group, supplements, index),
  };
}

/** Everything at once: descriptions of one group may stand anywhere. */
function readTogether(inputs: readonly Input[], wanted: WantedFacts): GroupBatch {
  const account = readAccount(inputs);
  const index = new AccountIndex(wanted);
  for (const group of account.groups) index.add(group);
  const pages = new PageTracker();
  for (const input of inputs) pages.add(input);
  const sightings = account.groups.map((group) => ({ group, facts: knownFacts(group, account, index) }));
  return { sightings, errors: [...account.errors, ...pages.errors], confirmsNoGroups: pages.confirmsNoGroups };
}

/** The second walk: the survey has refused duplicate keys. */
async function* readOneByOne(opened: readonly OpenedInput[], surveyed: Survey): AsyncGenerator<GroupBatch> {
  const { errors, confirmsNoGroups: isAnswered } = surveyed;
  yield { sightings: [], errors, confirmsNoGroups: isAnswered };
  for await (const input of walkInputs(opened, parseJson)) {
    const { groups, errors: unreadable } = readWithOmissions(input);
    yield { sightings: groups.map((group) => withFacts(group, surveyed)), errors: unreadable };
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
 * The groups that files describe, with the facts that the files tell. JSON lines are read twice, one line in memory at a time, unless
 * two of them describe the same group: then, as with every other form, all is read at once.
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
