import type { Policy } from '../domain/policy.ts';
import type { RemediationPorts } from '../domain/ports.ts';

/** One invocation at work: what it may do, what it is named, and how it reaches outside. */
export interface RemediationCell {
  readonly policy: Policy;
  /** Names the invocation, so that its own retry takes up what it began. */
  readonly owner: string;
  readonly ports: RemediationPorts;
}
