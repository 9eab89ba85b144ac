import type { GrantPorts } from '../../model/grants.ts';
import type { Policy } from '../../model/policy.ts';

/** One invocation of the function that grants: what it may do, what it is named, and how it reaches outside. */
export interface GrantCell {
  readonly policy: Policy;
  readonly ports: GrantPorts;
  /** Names the invocation. */
  readonly owner: string;
}
