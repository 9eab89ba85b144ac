import type { Mode } from './mode.ts';
import type { ControlOptions, WorldThreshold } from './options.ts';

/** How groups that AWS services own are told, and the ones the policy puts under its rule all the same. */
export interface ServiceOwned {
  /** Glob patterns of group names, `*` only. */
  readonly names: readonly string[];
  /** Tag keys that mark a group as a service's. */
  readonly tagKeys: readonly string[];
  /** Group ids or name globs that are treated as ordinary groups. */
  readonly except: readonly string[];
}

/** The compiled policy: what the functions read. Validated when it is written, so nothing checks it again on the cold path. */
export interface Policy {
  readonly version: 1;
  readonly preset: string;
  /** No control goes further than this in the account. */
  readonly ceiling: Mode;
  readonly world: WorldThreshold;
  /** Options by control id; a control that is absent or off both ways does not run. */
  readonly controls: Readonly<Record<string, ControlOptions>>;
  readonly serviceOwned: ServiceOwned;
}
