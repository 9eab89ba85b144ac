import type { PortOptions, WidthOptions } from '../../shared/domain/control-options.ts';
import type { ControlShape } from '../../shared/policy/control-options.ts';

function range(from: number, to = from) {
  return { from, to };
}

const admin: PortOptions = {
  fresh: 'enforce',
  existing: 'alert',
  remedy: 'revoke',
  ports: { tcp: [range(22), range(5900, 5906)], udp: [] },
};

const everything: WidthOptions = {
  fresh: 'enforce',
  existing: 'alert',
  remedy: 'revoke',
  maxPorts: 1024,
  publicPorts: { tcp: [range(80), range(443)], udp: [range(443)] },
};

/**
 * Controls of every kind: with ports, with a number, with only modes; with the modes approve, alert and
 * observe.
 */
export const SHAPES: readonly ControlShape[] = [
  {
    id: 'world-open-admin',
    title: 'An admin port is open to the world',
    defaults: admin,
    narrows: ['actor', 'trusted', 'private', 'split'],
  },
  { id: 'world-open-everything', title: 'Everything is open to the world', defaults: everything },
  {
    id: 'default-group-rules',
    title: 'A default group has rules',
    migrates: true,
    defaults: { fresh: 'enforce', existing: 'approve', remedy: 'revoke' },
  },
  {
    id: 'world-open-other',
    title: 'Another port is open to the world',
    defaults: { fresh: 'alert', existing: 'observe', remedy: 'revoke' },
  },
  {
    id: 'world-open-egress',
    title: 'Everything is open to the outside',
    defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke' },
  },
];
