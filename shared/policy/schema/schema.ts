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

/** A policy file with a valid shape. */
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
    names: listOf(glob, 'names').describe('Names of other groups that AWS services may own; * stands for anything.'),
    tagKeys: listOf(tagKey, 'tag keys').describe('Tag keys of other groups that AWS services may own.'),
    except: listOf(glob, 'group ids or names').describe(
      'Ids or names of groups (* stands for anything) that never count as owned by a service.',
    ),
  },
  { error: 'a map of names, tagKeys and except' },
);

/** The schema of `portcullis.yaml`. Each `error` follows the word "expected" in messages. */
export function policySchema(controls: readonly ControlShape[]) {
  return z.strictObject(
    {
      version: z.literal(1, { error: '1' }).describe('Version of this format.'),
      preset: z
        .enum(PRESET_NAMES, { error: `a preset (${PRESET_NAMES.join(', ')})` })
        .optional()
        .describe(
          'observe: report only. guard (default): close what a change opens. strict: also close what was open before.',
        ),
      mode: mode.optional().describe('Maximum mode of all controls in the account; default enforce.'),
      world: world.optional().describe('Sources of a port count as the world if they cover a block of this size.'),
      controls: z
        .strictObject(Object.fromEntries(controls.map((control) => [control.id, controlSetting(control).optional()])), {
          error: 'a map of controls',
        })
        .optional()
        .describe('Settings by control: a mode for fresh and existing rules, or a map of options.'),
      tiers: tierSchema.optional().describe('Which network layer trusts which. The control tier-source uses it.'),
      ...limitSections(controls.map(({ id }) => id)),
      serviceOwned: serviceOwned
        .optional()
        .describe(
          'Groups that AWS services may own. Rules that the service itself opened cause an alert and stay open.',
        ),
    },
    { error: 'a map with version: 1' },
  );
}

const word = z.union([z.string().min(1, { error: 'a word' }), z.int()], { error: 'a word' });

const wordList = z.array(word, { error: 'a list of words' });

function controlSetting(shape: ControlShape) {
  const { title, defaults } = shape;
  const settings = z.strictObject({
    fresh: mode.optional().describe('Mode for rules that a change has just added.'),
    existing: mode.optional().describe('Mode for rules that already existed.'),
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

/** The settings `remedy` and `narrowTo` of controls that support more than one remedy. */
function remedySettings(shape: ControlShape) {
  const { narrows = [] } = shape;
  const remedies = remediesOf(shape);
  return Object.fromEntries([
    ...(remedies.length > 1
      ? [['remedy', choice(remedies, 'a remedy', 'What happens to a rule that the control closes.')] as const]
      : []),
    ...(narrows.length > 0
      ? [['narrowTo', choice(narrows, 'what to narrow to', 'The sources that remedy: narrow grants instead.')] as const]
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
  const watched = port.refine((entry) => holdsAny(shipped, entry), { error: 'a port that the control checks' });
  const edit = z.strictObject({
    add: z.array(port, { error: 'a list of ports' }).optional().describe('Ports to add to the default ports.'),
    remove: z
      .array(watched, { error: 'a list of ports' })
      .optional()
      .describe('Ports to remove from the default ports.'),
  });
  return z.union([listFor(option), edit], { error: 'a list of ports, or ports to add and to remove' });
}

const anyPorts = z.array(port);

const somePorts = anyPorts.min(1, { error: 'at least one port (to switch the control off, set it to off)' });

/** A list of closed ports cannot be empty. An empty `publicPorts` means that the control closes all ports. */
function listFor(option: string) {
  return option === 'publicPorts' ? anyPorts : somePorts;
}

const tagCeiling = z.strictObject(
  {
    tag: z
      .record(tagKey, z.string({ error: 'a value, with * for anything' }), { error: 'a map of tags to their values' })
      .refine((tags) => Object.keys(tags).length > 0, { error: 'at least one tag' })
      .describe('Tags that the group must have; * stands for anything.'),
    mode: mode.describe('Maximum mode in such a group.'),
  },
  { error: 'a map of tag and mode' },
);

/** The sections that limit, delay or announce actions. */
function limitSections(ids: readonly string[]) {
  return {
    modes: listOf(tagCeiling, 'modes by tag').describe(
      'Maximum modes by the tags of a group. Whoever can set such a tag can lower the mode.',
    ),
    exemptions: listOf(exemptionSchema(ids), 'exemptions').describe(
      'Groups, rules or ports that controls leave open for a time.',
    ),
    exemptionTagsBy: listOf(principal, 'ARNs').describe(
      'Principals whose exemption tags count. All other exemption tags are ignored.',
    ),
    trusted: trustedSchema
      .optional()
      .describe('Your own sources. Their addresses do not count as the world, and remedy: narrow may grant them.'),
    approval: approvalSchema.optional().describe('How long plans wait for approval, and what happens afterwards.'),
    budget: budgetSchema.optional().describe('How many existing rules may be closed without approval.'),
    freezes: listOf(freezeSchema, 'freezes').describe('Periods in which closing existing rules needs approval.'),
    fightFrom: numberBetween(2, 100)
      .optional()
      .describe('Number of openings of the same rule within a day that counts as a reopen loop; default 3.'),
    alerts: alertSchema.optional().describe('How and where people are notified.'),
    people: peopleSchema.optional().describe('Who may use buttons and the command line.'),
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

/** The keys that the map at a path may have. */
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
  /** Of keys that the author chooses. */
  readonly additionalProperties?: unknown;
  /** Of each element of a list. */
  readonly items?: unknown;
}

/** The level itself and its alternatives. */
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
