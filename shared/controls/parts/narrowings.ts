import type { NarrowTo } from '../../domain/controls/options.ts';

/** Sources in place of the world. */
export const NARROWINGS_OF_ADDRESSES = ['actor', 'trusted', 'private'] as const satisfies readonly NarrowTo[];

/** The same, and fewer ports. */
export const NARROWINGS: readonly NarrowTo[] = [...NARROWINGS_OF_ADDRESSES, 'split'];
