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
import type { TierIssue } from './schema/tiers.ts';
import type { SectionIssue } from './schema/values.ts';

/** Where what is to be granted in place of a rule is at odds with the remedy, or with who is trusted. */
export function remedyIssues(controls: Policy['controls'], trusted: Trusted): readonly SectionIssue[] {
  return Object.entries(controls).flatMap(([id, options]) => {
    const text = narrowIssue(options, trusted);
    return text === undefined ? [] : [{ path: ['controls', id, 'narrowTo'], text }];
  });
}

function narrowIssue({ remedy, narrowTo }: ControlOptions, trusted: Trusted): string | undefined {
  if (remedy !== 'narrow') {
    return narrowTo === undefined ? undefined : `is what remedy: narrow grants; the remedy is ${remedy}`;
  }
  if (narrowTo === undefined) return 'missing, remedy: narrow needs it';
  if (narrowTo === 'trusted' && isNobody(trusted)) return 'nothing is trusted: name cidrs or prefixLists under trusted';
  if (narrowTo === 'actor' && trusted.cidrs.length === 0 && !trusted.anyActor)
    return 'no address of an actor would be granted: name those within trusted cidrs, or set trusted anyActor to true';
  return undefined;
}

function isNobody({ cidrs, prefixListIds }: Trusted): boolean {
  return cidrs.length === 0 && prefixListIds.length === 0;
}

/**
 * Most addresses that may be trusted in all: a quarter of the public IPv4 space (more than 4 times what the largest holder, the US
 * Department of Defense, has), or an IPv6 /12. Everything trusted is exempt from the world's threshold, so whoever edits the list
 * could otherwise open the internet block by block.
 */
const MOST: Readonly<Record<Family, { readonly addresses: bigint; readonly text: string }>> = {
  ipv4: { addresses: publicSpaceSize('ipv4') / 4n, text: 'a quarter of the public IPv4 space' },
  ipv6: { addresses: 1n << 116n, text: 'an IPv6 /12' },
};

/** What trusted blocks may not be: no blocks, the world, larger than what is assigned, too much in all, private, overlapping. */
export function trustedIssues(cidrs: readonly string[]): readonly SectionIssue[] {
  const issues = cidrs.flatMap((text, index) => {
    const issue = blockIssue(text, cidrs.slice(0, index));
    return issue === undefined ? [] : [{ path: ['trusted', 'cidrs', index], text: issue }];
  });
  if (issues.length > 0) return issues;
  const blocks = cidrs.map((text) => parseBlock(text));
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const ours = blocks.filter((block) => block.family === family);
    return publicAddresses(ours, family) <= MOST[family].addresses
      ? []
      : [
          {
            path: ['trusted', 'cidrs'],
            text: `all of them together are more than ${MOST[family].text}: name only the blocks that are yours`,
          },
        ];
  });
}

/**
 * Shortest prefix of a trusted block. IANA assigns IPv4 by the /8 and gives IPv6 registries a /12, so no organization holds a larger
 * block. A list of many large blocks is long, and a reviewer sees it.
 *
 * @see https://www.iana.org/assignments/ipv4-address-space
 * @see https://www.iana.org/assignments/ipv6-unicast-address-assignments
 */
const SHORTEST = { ipv4: 8, ipv6: 12 } as const satisfies Record<Family, number>;

function blockIssue(text: string, before: readonly string[]): string | undefined {
  const block = readBlock(text);
  if (block === undefined) return `expected a CIDR block such as 203.0.113.0/24, not ${JSON.stringify(text)}`;
  const { family, prefix } = block;
  if (prefix === 0) return `${text} is the world: name the blocks that are yours`;
  if (holdsPrivate(block)) return `${text} holds private addresses, which nobody on the internet has: leave them out`;
  if (prefix < SHORTEST[family])
    return `${text} is larger than a /${SHORTEST[family]}, the most that is assigned at once: name the blocks that are yours`;
  if (canonicalCidr(text) !== text) return `${text} is ${canonicalCidr(text)}: write that`;
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

/** Controls that close ports to the world, with the ports they close. */
export type Closing = Readonly<Record<string, ControlOptions>>;

/** Layers that keep data, by the names that people give them. */
const DATA = /^(?:db|database|databases|data|sql|rds|warehouse|cache|caches|redis|queue|queues)$/i;

/** Where a tier map is at odds with the rest of the policy: what it would let the world into, other controls close. */
export function tierContradictions(tiers: Tiers, closing: Closing, world: World): readonly TierIssue[] {
  return [
    ...Object.entries(tiers.layers).flatMap(([name, layer]) => {
      const path = ['layers', name];
      const isOpenData = DATA.test(name) && layer.from.some(({ kind }) => kind === 'world');
      return isOpenData
        ? [
            {
              path: [...path, 'from'],
              text: `lets the world into ${name}: data is for the layer that uses it, such as app`,
            },
          ]
        : admissionIssues(layer, path, closing, world);
    }),
    ...tiers.everywhere.flatMap((admission) => admissionIssues(admission, ['ssh'], closing, world)),
  ];
}

function admissionIssues(
  admission: Admission,
  path: TierIssue['path'],
  closing: Closing,
  world: World,
): readonly TierIssue[] {
  return [
    ...admission.from.flatMap((source, index) =>
      source.kind === 'cidr' && publicUnion([source.cidr], world).isWorld
        ? [
            {
              path: [...path, 'from', index],
              text: `${source.cidr} is the world: write world, and the ports it may reach`,
            },
          ]
        : [],
    ),
    ...(admission.from.some(({ kind }) => kind === 'world') ? worldIssues(admission, path, closing) : []),
  ];
}

function worldIssues({ ports }: Admission, path: TierIssue['path'], closing: Closing): readonly TierIssue[] {
  if (ports === undefined)
    return [
      { path: [...path, 'from'], text: 'lets in the world on every port: name the ports, such as ports: [80, 443]' },
    ];
  return Object.entries(closing).flatMap(([id, options]) => {
    const closed = common(ports, portOptions(options).get('ports') ?? { tcp: [], udp: [] });
    return closed.length === 0
      ? []
      : [
          {
            path: [...path, 'ports'],
            text: `lets in the world on ${closed.join(', ')}, which ${id} is there to close`,
          },
        ];
  });
}

/** Ports of one set that another has too, as people write them. */
function common(some: PortSet, others: PortSet): readonly string[] {
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
