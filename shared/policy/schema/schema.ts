import { z } from 'zod';
import { MODES } from '../../domain/control-options.ts';
import type { PortSet } from '../../domain/group.ts';
import {
  boundsOf,
  type ControlShape,
  listOptions,
  numberOptions,
  PRESET_NAMES,
  portOptions,
  remediesOf,
} from '../control-options.ts';
import { holdsAny } from '../notation.ts';
import { alertSchema } from './alerts.ts';
import { exemptionSchema } from './exemptions.ts';
import { approvalSchema, budgetSchema, freezeSchema, trustedSchema } from './limits.ts';
import { peopleSchema } from './people.ts';
import { tierSchema } from './tiers.ts';
import { glob, listOf, numberBetween, port, principal } from './values.ts';
import type { Path } from './yaml-text.ts';

/** A policy as it is written, once it has the right shape. */
export type WrittenPolicy = z.infer<ReturnType<typeof policySchema>>;

const mode = z.enum(MODES, { error: `a mode (${MODES.join(', ')})` });

const world = z.strictObject(
  {
    ipv4: numberBetween(1, 32).optional().describe('Prefix length; default 8.'),
    ipv6: numberBetween(4, 128).optional().describe('Prefix length within 2000::/3; default 16.'),
  },
  { error: 'a map of ipv4 and ipv6' },
);

const tagKey = z.string({ error: 'a tag key' }).min(1, { error: 'a tag key' });

const serviceOwned = z.strictObject(
  {
    names: listOf(glob, 'names').describe('Names of further groups that AWS services may own; * stands for anything.'),
    tagKeys: listOf(tagKey, 'tag keys').describe('Tag keys of further groups that AWS services may own.'),
    except: listOf(glob, 'group ids or names').describe(
      'Group ids or names (* stands for anything) of groups where nothing is held back for a service.',
    ),
  },
  { error: 'a map of names, tagKeys and except' },
);

/** The shape of `portcullis.yaml`. Each `error` says what was expected, to follow the word "expected". */
export function policySchema(controls: readonly ControlShape[]) {
  return z.strictObject(
    {
      version: z.literal(1, { error: '1' }).describe('Version of this format.'),
      preset: z
        .enum(PRESET_NAMES, { error: `a preset (${PRESET_NAMES.join(', ')})` })
        .optional()
        .describe(
          'observe: nothing is touched. guard (default): what a change opens is closed. strict: what was open before, too.',
        ),
      mode: mode.optional().describe('No control goes further than this in the account; default enforce.'),
      world: world.optional().describe('The sources of a port are the world from a block of this size on.'),
      controls: z
        .strictObject(Object.fromEntries(controls.map((control) => [control.id, controlSetting(control).optional()])), {
          error: 'a map of controls',
        })
        .optional()
        .describe('Settings of a control: a mode both ways, or some of its options.'),
      tiers: tierSchema.optional().describe('Which layer of a network trusts which; tier-source judges by it.'),
      ...limitSections(controls.map(({ id }) => id)),
      serviceOwned: serviceOwned
        .optional()
        .describe('Groups that AWS services may own: a rule that the service itself opened is alerted on, not closed.'),
    },
    { error: 'a map with version: 1' },
  );
}

const word = z.union([z.string().min(1, { error: 'a word' }), z.int()], { error: 'a word' });

const wordList = z.array(word, { error: 'a list of words' });

function controlSetting(shape: ControlShape) {
  const { title, defaults } = shape;
  const settings = z.strictObject({
    fresh: mode.optional().describe('Mode for what the change at hand added.'),
    existing: mode.optional().describe('Mode for what was there before.'),
    ...remedySettings(shape),
    ...Object.fromEntries(
      Array.from(numberOptions(defaults).keys(), (name) => [name, numberBetween(...boundsOf(name)).optional()]),
    ),
    ...Object.fromEntries(Array.from(listOptions(defaults).keys(), (name) => [name, wordList.optional()])),
    ...Object.fromEntries(
      Array.from(portOptions(defaults), ([name, shipped]) => [name, portEdit(name, shipped).optional()]),
    ),
  });
  return z
    .union([mode, settings], { error: `a mode (${MODES.join(', ')}) or a map of settings` })
    .describe(`${title}.`);
}

/** Settings of what becomes of a rule, for the controls that have a choice. */
function remedySettings(shape: ControlShape) {
  const { narrows = [] } = shape;
  const remedies = remediesOf(shape);
  return Object.fromEntries([
    ...(remedies.length > 1
      ? [['remedy', choice(remedies, 'a remedy', 'What becomes of a rule that has to go.')] as const]
      : []),
    ...(narrows.length > 0
      ? [['narrowTo', choice(narrows, 'what to narrow to', 'What remedy: narrow grants in its place.')] as const]
      : []),
  ]);
}

function choice(words: readonly string[], what: string, description: string) {
  return z
    .enum(words, { error: `${what} (${words.join(', ')})` })
    .optional()
    .describe(description);
}

function portEdit(option: string, shipped: PortSet) {
  const watched = port.refine((entry) => holdsAny(shipped, entry), { error: 'a port that the control has' });
  const edit = z.strictObject({
    add: z
      .array(port, { error: 'a list of ports' })
      .optional()
      .describe('Ports besides those that the control ships with.'),
    remove: z
      .array(watched, { error: 'a list of ports' })
      .optional()
      .describe('Ports to leave out of those that the control ships with.'),
  });
  return z.union([listFor(option), edit], { error: 'a list of ports, or ports to add and to remove' });
}

const anyPorts = z.array(port);

const somePorts = anyPorts.min(1, { error: 'at least one port (to switch the control off, set it to off)' });

/** Ports that a control objects to cannot be none. Ports that it accepts can: then it objects to every port. */
function listFor(option: string) {
  return option === 'publicPorts' ? anyPorts : somePorts;
}

const tagCeiling = z.strictObject(
  {
    tag: z
      .record(tagKey, z.string({ error: 'a value, with * for anything' }), { error: 'a map of tags to their values' })
      .refine((tags) => Object.keys(tags).length > 0, { error: 'at least one tag' })
      .describe('Tags that the group has, all of them; * stands for anything.'),
    mode: mode.describe('Nothing goes further than this in such a group.'),
  },
  { error: 'a map of tag and mode' },
);

/** Sections about what is let stand, what is asked, how much may be closed, who is told and who may act. */
function limitSections(ids: readonly string[]) {
  return {
    modes: listOf(tagCeiling, 'modes by tag').describe(
      'Modes by the tags of a group: whoever may set such a tag may hold the mode down.',
    ),
    exemptions: listOf(exemptionSchema(ids), 'exemptions').describe('What may stand though a control would close it.'),
    exemptionTagsBy: listOf(principal, 'ARNs').describe('Whose exemption tags count; nobody else may exempt by a tag.'),
    trusted: trustedSchema
      .optional()
      .describe('Sources of your own: their addresses do not count as the world, and remedy: narrow may grant them.'),
    approval: approvalSchema.optional().describe('How long plans wait for a person, and what becomes of them then.'),
    budget: budgetSchema.optional().describe('How much of what was there before may be closed without a person.'),
    freezes: listOf(freezeSchema, 'freezes').describe('Times in which people are asked before old rules are closed.'),
    fightFrom: numberBetween(2, 100)
      .optional()
      .describe('Openings of the same rule within a day from which on it is a fight; default 3.'),
    alerts: alertSchema.optional().describe('How people are told, and where.'),
    people: peopleSchema.optional().describe('Who may act, by a button or at the command line.'),
  };
}

/** The JSON Schema of `portcullis.yaml`, for editors. */
export function jsonSchema(controls: readonly ControlShape[]) {
  return {
    ...z.toJSONSchema(policySchema(controls), { io: 'input' }),
    title: 'Portcullis policy',
  };
}

/** Text of `portcullis.schema.json`. */
export function jsonSchemaText(controls: readonly ControlShape[]): string {
  return `${JSON.stringify(jsonSchema(controls), undefined, 2)}\n`;
}

/** Keys that a policy may have at a path. */
export function knownKeysOf(controls: readonly ControlShape[]): (path: Path) => readonly string[] {
  const schema = jsonSchema(controls);
  return (path) => {
    const branches = branchesOf(path.reduce<unknown>(stepInto, schema));
    return Object.keys(branches.find(({ properties }) => properties !== undefined)?.properties ?? {});
  };
}

interface Level {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly anyOf?: readonly unknown[];
  /** Of what stands under names of the user's choice. */
  readonly additionalProperties?: unknown;
  /** Of each element of a list. */
  readonly items?: unknown;
}

/** The level itself, and the alternatives of it. */
function branchesOf(value: unknown): readonly Level[] {
  return isLevel(value) ? [value, ...(value.anyOf ?? []).filter(isLevel)] : [];
}

function isLevel(value: unknown): value is Level {
  return typeof value === 'object' && value !== null;
}

function stepInto(value: unknown, key: PropertyKey): unknown {
  return branchesOf(value)
    .map(({ properties, additionalProperties, items }) =>
      typeof key === 'number' ? items : (properties?.[String(key)] ?? additionalProperties),
    )
    .find(isLevel);
}
