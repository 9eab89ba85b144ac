import type { PortSet } from '../rule.ts';

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
