import type { Admission, ControlOptions, Tiers } from '../domain/control-options.ts';
import { InputInvalid } from '../domain/errors.ts';
import type { PortSet } from '../domain/group.ts';
import type { Policy, Trusted } from '../domain/policy.ts';
import type { Family } from '../network/cidr.ts';
import { publicUnion } from '../network/exposure/measure.ts';
import { holdsPrivate } from '../network/exposure/private-space.ts';
import { intersectRanges, PORT_PROTOCOLS } from '../network/ports.ts';
import {
  type AddressBlock,
  parseBlock,
  publicAddresses,
  publicSpaceSize,
  type World,
} from '../network/public-space.ts';
import { portOptions } from './control-options.ts';
import { canonicalCidr } from './notation.ts';
import type { SectionIssue } from './schema/values.ts';

/** Contradictions between a control's `narrowTo`, its remedy and the section `trusted`. */
export function remedyIssues(controls: Policy['controls'], trusted: Trusted): readonly SectionIssue[] {
  return Object.entries(controls).flatMap(([id, options]) => {
    const text = narrowIssue(options, trusted);
    return text === undefined ? [] : [{ path: ['controls', id, 'narrowTo'], text }];
  });
}

function narrowIssue({ remedy, narrowTo }: ControlOptions, trusted: Trusted): string | undefined {
  if (remedy !== 'narrow') {
    return narrowTo === undefined ? undefined : `only applies to remedy: narrow, but the remedy is ${remedy}`;
  }
  if (narrowTo === undefined) return 'missing, but remedy: narrow needs it';
  if (narrowTo === 'trusted' && isNobody(trusted))
    return 'the policy trusts nothing: list cidrs or prefixLists under trusted';
  if (narrowTo === 'actor' && trusted.cidrs.length === 0 && !trusted.anyActor)
    return 'no address of an actor could be granted: list trusted cidrs, or set trusted.anyActor to true';
  return undefined;
}

function isNobody({ cidrs, prefixListIds }: Trusted): boolean {
  return cidrs.length === 0 && prefixListIds.length === 0;
}

/**
 * Maximum number of trusted addresses: a quarter of the public IPv4 space, or an IPv6 /12. The largest
 * holder, the US Department of Defense, has less than a quarter of this IPv4 limit. Trusted addresses do not
 * count as the world, so without a limit an editor of the list could open the internet block by block.
 */
const MAX_TRUSTED: Readonly<Record<Family, { readonly addresses: bigint; readonly text: string }>> = {
  ipv4: { addresses: publicSpaceSize('ipv4') / 4n, text: 'a quarter of the public IPv4 space' },
  ipv6: { addresses: 1n << 116n, text: 'an IPv6 /12' },
};

/** Trusted blocks that are unreadable, the world, too large, private or overlapping, or too many. */
export function trustedIssues(cidrs: readonly string[]): readonly SectionIssue[] {
  const issues = cidrs.flatMap((text, index) => {
    const issue = blockIssue(text, cidrs.slice(0, index));
    return issue === undefined ? [] : [{ path: ['trusted', 'cidrs', index], text: issue }];
  });
  if (issues.length > 0) return issues;
  const blocks = cidrs.map((text) => parseBlock(text));
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const ours = blocks.filter((block) => block.family === family);
    return publicAddresses(ours, family) <= MAX_TRUSTED[family].addresses
      ? []
      : [
          {
            path: ['trusted', 'cidrs'],
            text: `the blocks together are more than ${MAX_TRUSTED[family].text}: list only your own blocks`,
          },
        ];
  });
}

/**
 * Shortest prefix of a trusted block. IANA assigns IPv4 in /8 blocks and IPv6 to registries in /12 blocks, so
 * no organization holds a larger block. A reviewer notices a long list of large blocks.
 *
 * @see https://www.iana.org/assignments/ipv4-address-space
 * @see https://www.iana.org/assignments/ipv6-unicast-address-assignments
 */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 12 } as const satisfies Record<Family, number>;

function blockIssue(text: string, before: readonly string[]): string | undefined {
  const block = readBlock(text);
  if (block === undefined) return `expected a CIDR block such as 203.0.113.0/24, not ${JSON.stringify(text)}`;
  const { family, prefix } = block;
  if (prefix === 0) return `${text} is the world: list only your own blocks`;
  if (holdsPrivate(block)) return `${text} contains private addresses, which are not on the internet: remove them`;
  if (prefix < SHORTEST_PREFIX[family])
    return `${text} is larger than a /${SHORTEST_PREFIX[family]}, the largest block that is assigned: list only your own blocks`;
  if (canonicalCidr(text) !== text) return `${text} is ${canonicalCidr(text)}: write it in this form`;
  const other = before.find((one) => {
    const known = readBlock(one);
    return known !== undefined && overlaps(known, block);
  });
  return other === undefined ? undefined : `${text} overlaps ${other}`;
}

function readBlock(text: string): AddressBlock | undefined {
  try {
    return parseBlock(text);
  } catch (error) {
    if (error instanceof InputInvalid) return undefined;
    throw error;
  }
}

function overlaps(a: AddressBlock, b: AddressBlock): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Controls that close named ports to the world. */
type ClosingControls = Readonly<Record<string, ControlOptions>>;

/** Usual names of layers that store data. */
const DATA_LAYER = /^(?:db|database|databases|data|sql|rds|warehouse|cache|caches|redis|queue|queues)$/i;

/** Contradictions: the tier map admits the world to ports that another control closes. */
export function tierContradictions(tiers: Tiers, closing: ClosingControls, world: World): readonly SectionIssue[] {
  return [
    ...Object.entries(tiers.layers).flatMap(([name, layer]) => {
      const path = ['layers', name];
      const isOpenData = DATA_LAYER.test(name) && layer.from.some(({ kind }) => kind === 'world');
      return isOpenData
        ? [
            {
              path: [...path, 'from'],
              text: `lets the world into ${name}: a data layer should only trust the layer that uses it, such as app`,
            },
          ]
        : admissionIssues(layer, path, closing, world);
    }),
    ...tiers.everywhere.flatMap((admission) => admissionIssues(admission, ['ssh'], closing, world)),
  ];
}

function admissionIssues(
  admission: Admission,
  path: SectionIssue['path'],
  closing: ClosingControls,
  world: World,
): readonly SectionIssue[] {
  return [
    ...admission.from.flatMap((source, index) =>
      source.kind === 'cidr' && publicUnion([source.cidr], world).isWorld
        ? [
            {
              path: [...path, 'from', index],
              text: `${source.cidr} is the world: write world, and list the ports`,
            },
          ]
        : [],
    ),
    ...(admission.from.some(({ kind }) => kind === 'world') ? worldIssues(admission, path, closing) : []),
  ];
}

function worldIssues(
  { ports }: Admission,
  path: SectionIssue['path'],
  closing: ClosingControls,
): readonly SectionIssue[] {
  if (ports === undefined)
    return [
      { path: [...path, 'from'], text: 'lets the world in on every port: list the ports, such as ports: [80, 443]' },
    ];
  return Object.entries(closing).flatMap(([id, options]) => {
    const closed = sharedPorts(ports, portOptions(options).get('ports') ?? { tcp: [], udp: [] });
    return closed.length === 0
      ? []
      : [
          {
            path: [...path, 'ports'],
            text: `lets the world in on ${closed.join(', ')}, which ${id} closes`,
          },
        ];
  });
}

/** The ports that two sets share, as text. */
function sharedPorts(some: PortSet, others: PortSet): readonly string[] {
  return PORT_PROTOCOLS.flatMap((protocol) =>
    some[protocol].flatMap((range) =>
      others[protocol].flatMap((other) => {
        const both = intersectRanges(range, other);
        if (both === undefined) return [];
        return [`${protocol} ${both.from === both.to ? both.from : `${both.from}-${both.to}`}`];
      }),
    ),
  );
}
