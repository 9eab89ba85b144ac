import type { Policy } from '../../domain/policy.ts';
import type { GrantPorts } from '../../domain/ports.ts';

/** One invocation of the function that grants: what it may do, what it is named, and how it reaches outside. */
export interface GrantCell {
  readonly policy: Policy;
  readonly ports: GrantPorts;
  /** Names the invocation. */
  readonly owner: string;
}
