import { z } from 'zod';
import { MODES } from '../model/mode.ts';
import type { PortSet } from '../model/rule.ts';
import { boundsOf, type ControlShape, listOptions, numberOptions, portOptions } from './control-shape.ts';
import { port } from './port-schema.ts';
import { holdsAny } from './ports.ts';
import { PRESET_NAMES } from './presets.ts';
import { tierSchema } from './tier-schema.ts';

const numberBetween = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const mode = z.enum(MODES, { error: `a mode (${MODES.join(', ')})` });

const portEdit = (shipped: PortSet) => {
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
  const whole = z.array(port).min(1, { error: 'at least one port (to switch the control off, set it to off)' });
  return z.union([whole, edit], { error: 'a list of ports, or ports to add and to remove' });
};

const word = z.union([z.string().min(1, { error: 'a word' }), z.int()], { error: 'a word' });

const words = z.array(word, { error: 'a list of words' });

const controlSetting = ({ title, defaults }: ControlShape) => {
  const settings = z.strictObject({
    fresh: mode.optional().describe('Mode for what the change at hand brought.'),
    existing: mode.optional().describe('Mode for what was there before.'),
    ...Object.fromEntries(
      Array.from(numberOptions(defaults).keys(), (name) => [name, numberBetween(...boundsOf(name)).optional()]),
    ),
    ...Object.fromEntries(Array.from(listOptions(defaults).keys(), (name) => [name, words.optional()])),
    ...Object.fromEntries(Array.from(portOptions(defaults), ([name, shipped]) => [name, portEdit(shipped).optional()])),
  });
  return z
    .union([mode, settings], { error: `a mode (${MODES.join(', ')}) or a map of settings` })
    .describe(`${title}.`);
};

const glob = z
  .string({ error: 'a name, with * for anything' })
  .regex(/[^*]/, { error: 'a name, with * for anything, that does not take in every group' });

const tagKey = z.string({ error: 'a tag key' }).min(1, { error: 'a tag key' });

const listOf = <T extends z.ZodType>(element: T, what: string) =>
  z.array(element, { error: `a list of ${what}` }).optional();

const serviceOwned = z.strictObject(
  {
    names: listOf(glob, 'names').describe('Names of further groups that services own; * stands for anything.'),
    tagKeys: listOf(tagKey, 'tag keys').describe('Tag keys of further groups that services own.'),
    except: listOf(glob, 'group ids or names').describe(
      'Group ids or names (* stands for anything) to treat as ordinary groups.',
    ),
  },
  { error: 'a map of names, tagKeys and except' },
);

const world = z.strictObject(
  {
    ipv4: numberBetween(1, 32).optional().describe('Prefix length; default 8.'),
    ipv6: numberBetween(4, 128).optional().describe('Prefix length within 2000::/3; default 16.'),
  },
  { error: 'a map of ipv4 and ipv6' },
);

/** The shape of `portcullis.yaml`. Each `error` says what was expected, to follow the word "expected". */
export const policySchema = (controls: readonly ControlShape[]) =>
  z.strictObject(
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
      serviceOwned: serviceOwned.optional().describe('Groups that AWS services own are alerted on, never closed.'),
    },
    { error: 'a map with version: 1' },
  );

/** A policy as it is written, once it has the right shape. */
export type WrittenPolicy = z.infer<ReturnType<typeof policySchema>>;
