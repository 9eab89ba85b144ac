import type { Policy } from '../domain/policy.ts';
import type { RemediationPorts } from '../domain/ports.ts';

/** What one invocation of the main flow works with. */
export interface RemediationCell {
  readonly policy: Policy;
  /** The id of the invocation, by which its own retry resumes the plans that it reserved. */
  readonly owner: string;
  readonly ports: RemediationPorts;
}
