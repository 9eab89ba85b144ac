import type { PortSet } from './group.ts';
import type { LimitReason } from './reasons.ts';

/**
 * The modes, lowest first. `observe` reports, `alert` notifies people, `approve` asks them, `enforce` removes
 * rules.
 */
export const MODES = ['off', 'observe', 'alert', 'approve', 'enforce'] as const;

/** How far a control may go. */
export type Mode = (typeof MODES)[number];

/**
 * The lower of two modes. Limits (account, tag, runtime switch, service-owned group) can only lower a mode.
 */
export function lowerMode(a: Mode, b: Mode): Mode {
  return MODES.indexOf(a) <= MODES.indexOf(b) ? a : b;
}

/** The higher of two modes. If several controls name a rule, the highest mode counts. */
export function higherMode(a: Mode, b: Mode): Mode {
  return MODES.indexOf(a) >= MODES.indexOf(b) ? a : b;
}

/** A limit of a mode, with the reason for people. */
export interface Limit {
  readonly mode: Mode;
  readonly why: LimitReason;
  /** The same for people, with names and values. */
  readonly reason: string;
  /** An approval does not lift the limit: the cause must be fixed first. */
  readonly firm?: true;
}

/** The sources of a port are the world if their union is as large as a block of this prefix length. */
export interface WorldThreshold {
  /** Prefix length, default 8: 2^24 public IPv4 addresses. */
  readonly ipv4: number;
  /** Prefix length, default 16: 2^112 addresses of 2000::/3. */
  readonly ipv6: number;
}

/** Name of a remedy. */
export type RemedyId = 'revoke' | 'narrow' | 'migrate';

/**
 * What is granted instead of a removed rule: the address that the change came from, the policy's trusted
 * sources, the private ranges that the rule included, or the ports of its range that no control names.
 */
export type NarrowTo = 'actor' | 'trusted' | 'private' | 'split';

/** Settings of every control. */
export interface ControlOptions {
  readonly fresh: Mode;
  readonly existing: Mode;
  /**
   * `narrow` removes the rule and then grants `narrowTo`. `migrate` moves the members of a default group
   * first.
   */
  readonly remedy: RemedyId;
  readonly narrowTo?: NarrowTo;
}

export interface PortOptions extends ControlOptions {
  readonly ports: PortSet;
}

export interface WidthOptions extends ControlOptions {
  /** A group with more world-open ports of one protocol counts as open for everything. */
  readonly maxPorts: number;
  /** Ports that do not count. */
  readonly publicPorts: PortSet;
}

/** The limit of world-open-everything. */
export type WidthLimit = Pick<WidthOptions, 'maxPorts' | 'publicPorts'>;

/** Settings of world-open-other. */
export interface OtherPortOptions extends ControlOptions {
  readonly publicPorts: PortSet;
  /** Ports of the controls in `leavesTo`; filled in when the policy is compiled. */
  readonly namedPorts: PortSet;
  /**
   * Openings that world-open-everything reports; filled in when the policy is compiled, absent if it does not
   * run.
   */
  readonly wide?: WidthLimit;
}

/** Settings of world-open-egress. */
export interface EgressOptions extends ControlOptions {
  /** With more outbound ports open to the world, everything counts as open. */
  readonly maxPorts: number;
}

/** Settings of world-open-protocol. */
export interface ProtocolOptions extends ControlOptions {
  /** Protocol numbers that the world may reach. */
  readonly allowed: readonly string[];
}

/** Settings of wide-source. */
export interface WideSourceOptions extends PortOptions {
  /** A source as large as a private IPv4 block of this prefix length is too wide. */
  readonly ipv4: number;
  /** A source as large as a unique local IPv6 block of this prefix length is too wide. */
  readonly ipv6: number;
}

/** Settings of one-group-everywhere. */
export interface SpreadOptions extends ControlOptions {
  readonly maxInterfaces: number;
  /** Kinds of service, such as EC2, RDS, Lambda. */
  readonly maxServices: number;
}

/** Settings of flapping. */
export interface FlappingOptions extends ControlOptions {
  /** Largest number of minutes between an opening and its closing. */
  readonly withinMinutes: number;
  /** Globs of the role ARNs of other cells in the account. Removals by these roles do not count. */
  readonly otherCells: readonly string[];
}

/** Settings of unmanaged-change. */
export interface ManagedOptions extends ControlOptions {
  /** Globs of the ARNs that infrastructure as code runs under. If empty, the control does not run. */
  readonly roles: readonly string[];
}

/** Settings of naming. */
export interface NamingOptions extends ControlOptions {
  /** Globs. The name must match one of them; if empty, any name is allowed. */
  readonly names: readonly string[];
  /** Globs that the name must not match. */
  readonly avoid: readonly string[];
  /** Keys of required tags. */
  readonly tagKeys: readonly string[];
}

/** Settings of tier-source, which needs a tier map. */
export interface TierOptions extends ControlOptions {
  readonly tiers?: Tiers;
}

/**
 * A source that a layer allows: another layer, an address block, a group or prefix list by id, or the world.
 */
export type TierSource =
  | { readonly kind: 'layer'; readonly name: string }
  | { readonly kind: 'cidr'; readonly cidr: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'world' };

/** Allowed sources and ports. Without `ports`, all ports are allowed. */
export interface Admission {
  readonly from: readonly TierSource[];
  readonly ports?: PortSet;
}

/** One layer of the tier map. */
export interface Layer extends Admission {
  /** Whether a group of the layer may name itself, as clusters need. */
  readonly within: boolean;
}

/** The tier map: which layer trusts which. */
export interface Tiers {
  /** Key of the tag whose value is the layer of a group. */
  readonly tag: string;
  readonly layers: Readonly<Record<string, Layer>>;
  /** What every layer allows in addition. */
  readonly everywhere: readonly Admission[];
}
