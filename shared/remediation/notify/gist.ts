import { worstSeverity } from '../../domain/controls/finding.ts';
import type { Outcome } from '../../domain/decision.ts';
import type { Gist } from '../../domain/notifications/storm.ts';
import { remediationId } from '../../domain/remediation-id.ts';

/**
 * What a storm's digest says of an outcome. Of its reasons it names the worst, the first of several. A case that failed and is begun anew
 * keeps the time of its first plan: by the change that brought it back it counts in a minute of its own, and not as told in the old one.
 */
export const gistOf = ({ plan, status, removed }: Outcome): Gist => {
  const { decision, change, id, at } = plan;
  const severity = worstSeverity(decision.because);
  const actor = change.actor?.name ?? change.actor?.arn;
  return {
    id,
    remediationId: remediationId(plan),
    status,
    severity,
    control: decision.because.find((finding) => finding.severity === severity)?.control ?? '',
    groupId: decision.group.id,
    groupName: decision.group.name,
    account: change.account,
    region: change.region,
    ...(actor !== undefined && { actor }),
    rules: removed.length > 0 ? removed.length : decision.rules.length,
    at: Math.max(at, change.at),
  };
};
