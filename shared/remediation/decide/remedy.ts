import type { Finding } from '../../domain/controls/finding.ts';
import type { RemedyId } from '../../domain/controls/options.ts';
import type { Policy } from '../../domain/controls/policy.ts';

/**
 * The remedy that all the reasons' controls agree on; where they do not, the rules are just closed. But a group whose members have to be
 * moved is not stripped before, whatever else is said of its rules.
 */
export const remedyFor = (because: readonly Finding[], policy: Policy): RemedyId => {
  const remedies = new Set(because.map(({ control }) => policy.controls[control]?.remedy ?? 'revoke'));
  if (remedies.has('migrate')) return 'migrate';
  const [only = 'revoke'] = remedies;
  return remedies.size === 1 ? only : 'revoke';
};
