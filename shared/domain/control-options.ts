import type { PortSet } from './group.ts';
import type { LimitReason } from './reasons.ts';

/** The ladder of modes, lowest first. `observe` reports, `alert` tells people, `approve` asks them, `enforce` acts. */
export const MODES = ['off', 'observe', 'alert', 'approve', 'enforce'] as const;

/** How far a control may go. */
export type Mode = (typeof MODES)[number];

/** The lower of two modes: every limit (account, tag, runtime switch, service-owned group) can only take away. */
export function lowerMode(a: Mode, b: Mode): Mode {
  return MODES.indexOf(a) <= MODES.indexOf(b) ? a : b;
}

/** The higher of two modes: a rule named by several controls gets the strictest answer. */
export function higherMode(a: Mode, b: Mode): Mode {
  return MODES.indexOf(a) >= MODES.indexOf(b) ? a : b;
}

/** A mode that holds another one down, and why, in words for people. */
export interface Limit {
  readonly mode: Mode;
  readonly why: LimitReason;
  /** The same for people, with names and values. */
  readonly reason: string;
  /** Stands though a person lets the plan go: what it says has to be mended first. */
  readonly firm?: true;
}

/** From what share on the sources of a port are the world: a union as large as a block of this prefix length. */
export interface WorldThreshold {
  /** Prefix length, default 8: 2^24 public IPv4 addresses. */
  readonly ipv4: number;
  /** Prefix length, default 16: 2^112 addresses of 2000::/3. */
  readonly ipv6: number;
}

/** Name of a remedy. */
export type RemedyId = 'revoke' | 'narrow' | 'migrate';

/**
 * What is granted in place of a rule that was closed: the address that the change came from, the policy's trusted sources, the private
 * ranges that the world took in too, or the ports of its range that no control names.
 */
export type NarrowTo = 'actor' | 'trusted' | 'private' | 'split';

/** Settings that every control has. */
export interface ControlOptions {
  readonly fresh: Mode;
  readonly existing: Mode;
  /** `narrow` closes first and grants what `narrowTo` names afterwards; `migrate` moves a default group's members before it is stripped. */
  readonly remedy: RemedyId;
  readonly narrowTo?: NarrowTo;
}

/** Settings of a control about ports. */
export interface PortOptions extends ControlOptions {
  readonly ports: PortSet;
}

/** Settings of a control about the number of ports. */
export interface WidthOptions extends ControlOptions {
  /** World-open ports of one protocol above which a group counts as open for everything. */
  readonly maxPorts: number;
  /** Not counted. */
  readonly publicPorts: PortSet;
}

/** When world-open ports are too many, as world-open-everything has it. */
export type WidthLimit = Pick<WidthOptions, 'maxPorts' | 'publicPorts'>;

/** Settings of the control about ports that no other control names. */
export interface OtherPortOptions extends ControlOptions {
  readonly publicPorts: PortSet;
  /** Named by the controls that it leaves them to; filled in when the policy is compiled. */
  readonly namedPorts: PortSet;
  /** Openings that are left to world-open-everything; filled in when the policy is compiled, absent where nobody looks at them. */
  readonly wide?: WidthLimit;
}

/** Settings of the control about what may go out. */
export interface EgressOptions extends ControlOptions {
  /** Ports open outbound to the world above which everything counts as open. */
  readonly maxPorts: number;
}

/** Settings of the control about protocols without ports. */
export interface ProtocolOptions extends ControlOptions {
  /** Protocol numbers that the world may reach. */
  readonly allowed: readonly string[];
}

/** Settings of the control about sources within private space. */
export interface WideSourceOptions extends PortOptions {
  /** Prefix length of the private IPv4 block from which on a source is too wide. */
  readonly ipv4: number;
  /** The same for unique local IPv6 addresses. */
  readonly ipv6: number;
}

/** Settings of the control about groups that too much hangs on. */
export interface SpreadOptions extends ControlOptions {
  readonly maxInterfaces: number;
  /** Kinds of service, such as EC2, RDS, Lambda. */
  readonly maxServices: number;
}

/** Settings of the control about ports that open and close again. */
export interface FlappingOptions extends ControlOptions {
  /** Minutes from an opening to its closing within which it counts. */
  readonly withinMinutes: number;
  /** Globs of ARNs of the roles that other cells of Portcullis in the account remove rules with; their removals do not count. */
  readonly otherCells: readonly string[];
}

/** Settings of the control about who may change security groups. */
export interface ManagedOptions extends ControlOptions {
  /** Globs of ARNs (users, roles, assumed roles) that infrastructure as code runs under; none: the control does not run. */
  readonly roles: readonly string[];
}

/** Settings of the control about names and tags. */
export interface NamingOptions extends ControlOptions {
  /** Globs, one of which the name has to match; none: any name will do. */
  readonly names: readonly string[];
  /** Globs that it must not match. */
  readonly avoid: readonly string[];
  /** Tags that it must have. */
  readonly tagKeys: readonly string[];
}

/** Settings of the control about tiers; without a map it has nothing to judge by. */
export interface TierOptions extends ControlOptions {
  readonly tiers?: Tiers;
}

/** Where a tier may let traffic in from: a layer, an address block, a group or prefix list by its id, or anybody. */
export type TierSource =
  | { readonly kind: 'layer'; readonly name: string }
  | { readonly kind: 'cidr'; readonly cidr: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'world' };

/** Sources, and the ports on which they may come; all ports where none are named. */
export interface Admission {
  readonly from: readonly TierSource[];
  readonly ports?: PortSet;
}

/** One layer of the tier map. */
export interface Layer extends Admission {
  /** Whether a group of the layer may name itself, as clusters do. */
  readonly within: boolean;
}

/** Which layer trusts which. */
export interface Tiers {
  /** Tag key whose value names a group's layer. */
  readonly tag: string;
  readonly layers: Readonly<Record<string, Layer>>;
  /** Let in by every layer, besides. */
  readonly everywhere: readonly Admission[];
}
