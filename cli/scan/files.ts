import type { Group } from '../../shared/domain/group.ts';
import type { Sighting } from '../../shared/domain/ports.ts';
import { parseJson } from '../../shared/events/json-text.ts';
import { AccountIndex, type Wanted } from '../offline/account-index.ts';
import { readAccount, readWithOmissions, withCidrs } from '../offline/account-input.ts';
import { factsOf } from '../offline/facts.ts';
import { Pages } from '../offline/pages.ts';
import { type Input, type Parse, parseInput } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';
import { type InputBytes, inputBytes } from './input-bytes.ts';
import { isJsonLines, jsonLines, readWhole } from './json-lines.ts';
import { type Survey, survey } from './survey.ts';

/** Groups that came together, and what could not be read. */
export interface Part {
  readonly sightings: readonly Sighting[];
  readonly errors: readonly string[];
  /** Whether EC2 answered that there is no group, where the part has none. */
  readonly isAnswered?: boolean;
}

/** An input that is read as a whole, or one that is read line by line, as often as it is needed. */
type Opened = { readonly whole: Input } | { readonly lines: InputBytes };

const open = async (input: InputBytes): Promise<Opened> =>
  (await isJsonLines(input)) ? { lines: input } : { whole: await readWhole(input) };

async function* walk(opened: readonly Opened[], parse: Parse): AsyncGenerator<Input> {
  for (const one of opened) {
    if ('whole' in one) yield one.whole;
    else yield* jsonLines(one.lines, parse);
  }
}

/** A group with the facts that the files tell of it. */
export const sighted = (group: Group, { supplements, index }: Survey): Sighting => ({
  group:
    supplements.lists.size === 0
      ? group
      : { ...group, rules: group.rules.map((rule) => withCidrs(rule, supplements.lists)) },
  facts: factsOf(group, supplements, index),
});

/** Everything at once: descriptions of one group may stand anywhere. */
const readTogether = (inputs: readonly Input[], wanted: Wanted): Part => {
  const account = readAccount(inputs);
  const index = new AccountIndex(wanted);
  for (const group of account.groups) index.add(group);
  const pages = new Pages();
  for (const input of inputs) pages.take(input);
  const sightings = account.groups.map((group) => ({ group, facts: factsOf(group, account, index) }));
  return { sightings, errors: [...account.errors, ...pages.errors], isAnswered: pages.isAnswered };
};

/** The second walk: the survey has refused duplicate keys. */
async function* readOneByOne(opened: readonly Opened[], surveyed: Survey): AsyncGenerator<Part> {
  const { errors, isAnswered } = surveyed;
  yield { sightings: [], errors, isAnswered };
  for await (const input of walk(opened, parseJson)) {
    const { groups, errors: unreadable } = readWithOmissions(input);
    yield { sightings: groups.map((group) => sighted(group, surveyed)), errors: unreadable };
  }
}

async function* readOpened(opened: readonly Opened[], wanted: Wanted): AsyncGenerator<Part> {
  const surveyed = opened.some((one) => 'lines' in one) ? await survey(walk(opened, parseInput), wanted) : undefined;
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
export async function* readFiles(files: readonly string[], wanted: Wanted, terminal: Terminal): AsyncGenerator<Part> {
  const inputs: InputBytes[] = [];
  try {
    for (const file of files) inputs.push(await inputBytes(file, terminal));
    const opened: Opened[] = [];
    for (const input of inputs) opened.push(await open(input));
    yield* readOpened(opened, wanted);
  } finally {
    for (const input of inputs) input.close();
  }
}
