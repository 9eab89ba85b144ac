import type { Policy } from '../domain/controls/policy.ts';
import type { Ports } from '../domain/ports.ts';

/** One invocation at work: what it may do, what it is named, and how it reaches outside. */
export interface Cell {
  readonly policy: Policy;
  /** Names the invocation, so that its own retry takes up what it began. */
  readonly owner: string;
  readonly ports: Ports;
}
