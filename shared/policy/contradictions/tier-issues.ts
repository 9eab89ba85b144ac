import type { Path } from '../schema/problem.ts';
import { didYouMean } from '../schema/suggest.ts';
import { readTierSource, WORLD_WORD } from '../tier-sources.ts';

/** Who comes in where, as far as contradictions go. */
interface Trusting {
  readonly from: readonly string[];
}

interface Section {
  readonly layers: Readonly<Record<string, Trusting>>;
  readonly ssh?: Trusting | undefined;
}

/** What is wrong with the section, in a sentence, and where within it. */
export interface TierIssue {
  readonly path: Path;
  readonly text: string;
}

const LAYER_NAME = /^[A-Za-z0-9][\w.-]*$/;

const isReserved = (name: string): boolean => name === WORLD_WORD || /^(?:sg|pl)-/.test(name);

const unknownSource = (text: string, layers: readonly string[]): string => {
  if (text.includes('/'))
    return `expected a CIDR block such as 10.0.0.0/8 or 2001:db8::/32, not ${JSON.stringify(text)}`;
  const hint = didYouMean(text, [...layers, WORLD_WORD]);
  return `${text} is not a layer${hint === '' ? ` (layers: ${layers.join(', ')}; besides: world, a CIDR block, sg-…, pl-…)` : hint}`;
};

const issuesOfSources = ({ from }: Trusting, path: Path, layers: readonly string[]): readonly TierIssue[] => {
  const known = new Set(layers);
  return from.flatMap((text, index) =>
    readTierSource(text, known) === undefined
      ? [{ path: [...path, 'from', index], text: unknownSource(text, layers) }]
      : [],
  );
};

/** Layers along which trust goes, and whom the last of them trusts. */
interface Way extends Trusting {
  readonly path: readonly string[];
}

/** The way from a layer down to itself again, along what each trusts; undefined where there is none. */
const circleFrom = (start: string, { from }: Trusting, layers: Section['layers']): readonly string[] | undefined => {
  const seen = new Set<string>();
  const ways: Way[] = [{ path: [start], from }];
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of way.from) {
      const path = [...way.path, next];
      if (next === start) return path;
      const layer = Object.hasOwn(layers, next) ? layers[next] : undefined;
      if (layer === undefined || seen.has(next)) continue;
      seen.add(next);
      ways.push({ path, from: layer.from });
    }
  }
  return undefined;
};

const inWords = ([first = '', second = '', ...rest]: readonly string[]): string =>
  [`${first} trusts ${second}`, ...rest.map((name) => `which trusts ${name}`)].join(', ');

const circleIssue = (circle: readonly string[]): TierIssue => {
  const [name = ''] = circle;
  const path = ['layers', name, 'from'];
  if (circle.length > 2) return { path, text: `${inWords(circle)}: a circle, in which no layer is above the others` };
  return {
    path,
    text: `${name} trusts itself: a layer trusts those above it. Where the members of a group talk to each other, write within: true`,
  };
};

/** One issue for each circle, at the first of its layers. */
const circles = (layers: Section['layers']): readonly TierIssue[] => {
  const found = new Map<string, TierIssue>();
  for (const [name, layer] of Object.entries(layers)) {
    const circle = circleFrom(name, layer, layers);
    const key = [...new Set(circle)].toSorted().join(' ');
    if (circle !== undefined && !found.has(key)) found.set(key, circleIssue(circle));
  }
  return [...found.values()];
};

const namesOf = (names: readonly string[]): readonly TierIssue[] =>
  names
    .filter((name) => !LAYER_NAME.test(name) || isReserved(name))
    .map((name) => ({
      path: ['layers', name],
      text: `${JSON.stringify(name)} cannot be a layer's name: letters, digits, dot, dash and underscore, and neither world nor an id`,
    }));

/** What the section gets wrong by itself: no layers, names that cannot be, sources that are not there, layers in a circle. */
export const tierIssues = ({ layers, ssh }: Section): readonly TierIssue[] => {
  const names = Object.keys(layers);
  if (names.length === 0)
    return [{ path: ['layers'], text: 'expected at least one layer, such as web: {from: [world]}' }];
  return [
    ...namesOf(names),
    ...Object.entries(layers).flatMap(([name, layer]) => issuesOfSources(layer, ['layers', name], names)),
    ...(ssh === undefined ? [] : issuesOfSources(ssh, ['ssh'], names)),
    ...circles(layers),
  ];
};
