import { z } from 'zod';
import type { Admission, Layer, TierSource, Tiers } from '../../domain/control-options.ts';
import { InputInvalid } from '../../domain/errors.ts';
import { parseCidr } from '../../network/cidr.ts';
import { editPorts, NO_PORTS, type PortEntry } from '../notation.ts';
import { didYouMean } from './issues.ts';
import { addIssues, port, type SectionIssue } from './values.ts';

/** The source that stands for everyone. */
const WORLD_WORD = 'world';

/** Reads a source of a layer. Returns undefined if the text has no known form and names no layer. */
export function readTierSource(text: string, layers: ReadonlySet<string>): TierSource | undefined {
  if (text === WORLD_WORD) return { kind: 'world' };
  if (layers.has(text)) return { kind: 'layer', name: text };
  if (/^(?:sg|pl)-[0-9a-f]{8,17}$/.test(text)) return { kind: 'id', id: text };
  return isCidr(text) ? { kind: 'cidr', cidr: text } : undefined;
}

function isCidr(text: string): boolean {
  try {
    parseCidr(text);
    return true;
  } catch (error) {
    if (error instanceof InputInvalid) return false;
    throw error;
  }
}

const A_SOURCE = 'a layer, world, a CIDR block, sg-… or pl-…';

const sourcesSchema = z
  .array(z.string({ error: A_SOURCE }).min(1, { error: A_SOURCE }), { error: 'a list of sources' })
  .min(1, { error: 'at least one source' })
  .describe('Sources that may connect: names of layers, world, CIDR blocks, groups (sg-…) and prefix lists (pl-…).');

const portsSchema = z.array(port, { error: 'a list of ports' }).min(1, { error: 'at least one port' });

const sshSchema = z.strictObject(
  { from: sourcesSchema, ports: portsSchema.optional().describe('Default 22.') },
  { error: 'a map of from and ports' },
);

const layerSchema = z.strictObject(
  {
    from: sourcesSchema,
    ports: portsSchema.optional().describe('Ports that the sources may reach. Default: all.'),
    within: z
      .boolean({ error: 'true or false' })
      .optional()
      .describe('Whether a group of the layer may reference itself, as clusters do; default false.'),
  },
  { error: 'a map of from, ports and within' },
);

/** The section `tiers`. */
export const tierSchema = z
  .strictObject(
    {
      tag: z
        .string({ error: 'a tag key' })
        .min(1, { error: 'a tag key' })
        .describe('Tag key whose value names the layer of a group.'),
      layers: z
        .record(z.string(), layerSchema, { error: 'a map of layers' })
        .describe('Layers by name. A layer trusts only the sources that it lists.'),
      ssh: sshSchema.optional().describe('Sources that may administer the groups of every layer.'),
    },
    { error: 'a map of tag, layers and ssh' },
  )
  .superRefine((tiers, context) => {
    addIssues(context, tierIssues(tiers));
  });

/** The sources that a layer trusts. */
interface TrustedSources {
  readonly from: readonly string[];
}

interface WrittenTierMap {
  readonly layers: Readonly<Record<string, TrustedSources>>;
  readonly ssh?: TrustedSources | undefined;
}

/** Issues of the section: no layers, invalid names, unknown sources, circles of trust. */
function tierIssues({ layers, ssh }: WrittenTierMap): readonly SectionIssue[] {
  const names = Object.keys(layers);
  if (names.length === 0)
    return [{ path: ['layers'], text: 'expected at least one layer, such as web: {from: [world]}' }];
  return [
    ...invalidNames(names),
    ...Object.entries(layers).flatMap(([name, layer]) => issuesOfSources(layer, ['layers', name], names)),
    ...(ssh === undefined ? [] : issuesOfSources(ssh, ['ssh'], names)),
    ...circles(layers),
  ];
}

const LAYER_NAME = /^[A-Za-z0-9][\w.-]*$/;

function invalidNames(names: readonly string[]): readonly SectionIssue[] {
  return names
    .filter((name) => !LAYER_NAME.test(name) || isReserved(name))
    .map((name) => ({
      path: ['layers', name],
      text: `${JSON.stringify(name)} is not a valid layer name: use letters, digits, dots, dashes and underscores; world and ids are reserved`,
    }));
}

function isReserved(name: string): boolean {
  return name === WORLD_WORD || /^(?:sg|pl)-/.test(name);
}

function issuesOfSources(
  { from }: TrustedSources,
  path: SectionIssue['path'],
  layers: readonly string[],
): readonly SectionIssue[] {
  const known = new Set(layers);
  return from.flatMap((text, index) =>
    readTierSource(text, known) === undefined
      ? [{ path: [...path, 'from', index], text: unknownSource(text, layers) }]
      : [],
  );
}

function unknownSource(text: string, layers: readonly string[]): string {
  if (text.includes('/'))
    return `expected a CIDR block such as 10.0.0.0/8 or 2001:db8::/32, not ${JSON.stringify(text)}`;
  const hint = didYouMean(text, [...layers, WORLD_WORD]);
  return `${text} is not a layer${hint === '' ? ` (layers: ${layers.join(', ')}; other sources: world, a CIDR block, sg-…, pl-…)` : hint}`;
}

/** One issue for each circle of trust, at its first layer. */
function circles(layers: WrittenTierMap['layers']): readonly SectionIssue[] {
  const found = new Map<string, SectionIssue>();
  for (const [name, layer] of Object.entries(layers)) {
    const circle = circleFrom(name, layer, layers);
    const key = [...new Set(circle)].toSorted().join(' ');
    if (circle !== undefined && !found.has(key)) found.set(key, circleIssue(circle));
  }
  return [...found.values()];
}

/** A chain of layers, each trusting the next, and the sources of the last one. */
interface TrustPath extends TrustedSources {
  readonly path: readonly string[];
}

/** The shortest chain of trust from a layer back to itself; undefined if there is none. */
function circleFrom(
  start: string,
  { from }: TrustedSources,
  layers: WrittenTierMap['layers'],
): readonly string[] | undefined {
  const seen = new Set<string>();
  const queue: TrustPath[] = [{ path: [start], from }];
  for (let chain = queue.shift(); chain !== undefined; chain = queue.shift()) {
    for (const next of chain.from) {
      const path = [...chain.path, next];
      if (next === start) return path;
      const layer = Object.hasOwn(layers, next) ? layers[next] : undefined;
      if (layer === undefined || seen.has(next)) continue;
      seen.add(next);
      queue.push({ path, from: layer.from });
    }
  }
  return undefined;
}

function circleIssue(circle: readonly string[]): SectionIssue {
  const [name = ''] = circle;
  const path = ['layers', name, 'from'];
  if (circle.length > 2) return { path, text: `${inWords(circle)}: in this circle, no layer is above the others` };
  return {
    path,
    text: `${name} trusts itself, but a layer can only trust other layers. To let the members of a group reach each other, set within: true`,
  };
}

function inWords([first = '', second = '', ...rest]: readonly string[]): string {
  return [`${first} trusts ${second}`, ...rest.map((name) => `which trusts ${name}`)].join(', ');
}

type WrittenTiers = z.infer<typeof tierSchema>;

const SSH_PORTS: readonly PortEntry[] = [22];

/** Compiles the section `tiers`. */
export function compileTiers({ tag, layers, ssh }: WrittenTiers): Tiers {
  const names = new Set(Object.keys(layers));
  const layerOf = (layer: WrittenTiers['layers'][string]): Layer => ({
    ...admissionOf(layer, names),
    within: layer.within ?? false,
  });
  return {
    tag,
    layers: Object.fromEntries(Object.entries(layers).map(([name, layer]) => [name, layerOf(layer)])),
    everywhere: ssh === undefined ? [] : [admissionOf({ ...ssh, ports: ssh.ports ?? SSH_PORTS }, names)],
  };
}

interface WrittenAdmission {
  readonly from: readonly string[];
  readonly ports?: readonly PortEntry[] | undefined;
}

function admissionOf({ from, ports }: WrittenAdmission, layers: ReadonlySet<string>): Admission {
  return {
    from: from.flatMap((text) => readTierSource(text, layers) ?? []),
    ...(ports === undefined ? {} : { ports: editPorts(NO_PORTS, ports) }),
  };
}
