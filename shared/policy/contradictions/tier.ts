import type { ControlOptions } from '../../domain/controls/options.ts';
import type { Admission, Tiers } from '../../domain/controls/tiers.ts';
import type { PortSet } from '../../domain/rule.ts';
import { publicUnion } from '../../network/exposure/measure.ts';
import type { World } from '../../network/exposure/trusted-space.ts';
import { overlap, PORT_PROTOCOLS } from '../../network/ports.ts';
import { portOptions } from '../schema/control-shape.ts';
import type { TierIssue } from './tier-issues.ts';

/** Layers that keep data, by the names that people give them. */
const DATA = /^(?:db|database|databases|data|sql|rds|warehouse|cache|caches|redis|queue|queues)$/i;

/** Controls that close ports to the world, with the ports they close. */
export type Closing = Readonly<Record<string, ControlOptions>>;

/** Ports of one set that another has too, as people write them. */
const common = (some: PortSet, others: PortSet): readonly string[] =>
  PORT_PROTOCOLS.flatMap((protocol) =>
    some[protocol].flatMap((range) =>
      others[protocol].flatMap((other) => {
        const both = overlap(range, other);
        if (both === undefined) return [];
        return [`${protocol} ${both.from === both.to ? both.from : `${both.from}-${both.to}`}`];
      }),
    ),
  );

const worldIssues = ({ ports }: Admission, path: TierIssue['path'], closing: Closing): readonly TierIssue[] => {
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
};

const issuesOf = (
  admission: Admission,
  path: TierIssue['path'],
  closing: Closing,
  world: World,
): readonly TierIssue[] => [
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

/** Where a tier map is at odds with the rest of the policy: what it would let the world into, other controls close. */
export const tierContradictions = (tiers: Tiers, closing: Closing, world: World): readonly TierIssue[] => [
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
      : issuesOf(layer, path, closing, world);
  }),
  ...tiers.everywhere.flatMap((admission) => issuesOf(admission, ['ssh'], closing, world)),
];
