import type { Policy } from '../../domain/policy.ts';
import type { GrantPorts } from '../../domain/ports.ts';

/** What one invocation of on-grant works with. */
export interface GrantCell {
  readonly policy: Policy;
  readonly ports: GrantPorts;
  /** The id of the invocation. */
  readonly owner: string;
}
