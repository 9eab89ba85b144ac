import type { Need } from '../../shared/model/facts.ts';
import type { Group } from '../../shared/model/group.ts';
import type { Sighting } from '../../shared/model/ports.ts';
import { AccountIndex } from '../offline/account-index.ts';
import { readAccount, readAlone, withCidrs } from '../offline/account-input.ts';
import { factsOf } from '../offline/facts.ts';
import { type Input, readInput } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';
import { isJsonLines, jsonLines } from './json-lines.ts';
import { type Survey, survey } from './survey.ts';

/** Groups that came together, and what could not be read. */
export interface Part {
  readonly sightings: readonly Sighting[];
  readonly errors: readonly string[];
}

/** A file that is read as a whole, or one that is read line by line, as often as it is needed. */
type Opened = { readonly whole: Input } | { readonly lines: string };

/** Standard input comes once only, so it is read as a whole. */
const open = async (file: string, terminal: Terminal): Promise<Opened> =>
  file !== '-' && (await isJsonLines(file)) ? { lines: file } : { whole: await readInput(file, terminal) };

async function* walk(opened: readonly Opened[]): AsyncGenerator<Input> {
  for (const one of opened) {
    if ('whole' in one) yield one.whole;
    else yield* jsonLines(one.lines);
  }
}

const sighted = (group: Group, { supplements, index }: Survey): Sighting => ({
  group: { ...group, rules: group.rules.map((rule) => withCidrs(rule, supplements.lists)) },
  facts: factsOf(group, supplements, index),
});

/** Everything at once: descriptions of one group may stand anywhere. */
const readTogether = (inputs: readonly Input[], needs: ReadonlySet<Need>): Part => {
  const account = readAccount(inputs);
  const index = new AccountIndex(needs);
  for (const group of account.groups) index.add(group);
  const sightings = account.groups.map((group) => ({ group, facts: factsOf(group, account, index) }));
  return { sightings, errors: account.errors };
};

async function* readOneByOne(opened: readonly Opened[], surveyed: Survey): AsyncGenerator<Part> {
  yield { sightings: [], errors: surveyed.errors };
  for await (const input of walk(opened)) {
    const { groups, errors } = readAlone(input);
    yield { sightings: groups.map((group) => sighted(group, surveyed)), errors };
  }
}

/**
 * The groups that files describe, with the facts that the files tell. JSON lines are read twice, one line in memory at a time, unless
 * two of them describe the same group: then, as with every other form, all is read at once.
 *
 * @throws InputInvalid for a file that cannot be read at all.
 */
export async function* readFiles(
  files: readonly string[],
  needs: ReadonlySet<Need>,
  terminal: Terminal,
): AsyncGenerator<Part> {
  const opened: Opened[] = [];
  for (const file of files) opened.push(await open(file, terminal));
  const surveyed = opened.some((one) => 'lines' in one) ? await survey(walk(opened), needs) : undefined;
  if (surveyed !== undefined) {
    yield* readOneByOne(opened, surveyed);
    return;
  }
  const inputs: Input[] = [];
  for (const one of opened) inputs.push('whole' in one ? one.whole : await readInput(one.lines, terminal));
  yield readTogether(inputs, needs);
}
