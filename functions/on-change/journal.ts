import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { isAboutCanary } from '../../shared/domain/canary.ts';
import type { Decision, NotificationDecision, Outcome, Plan, Step, Withheld } from '../../shared/domain/decision.ts';
import type { Snapshot } from '../../shared/domain/ec2.ts';
import type { Finding } from '../../shared/domain/finding.ts';
import { DIMENSIONS, METRICS } from '../../shared/domain/metrics.ts';
import type { JournalEntry } from '../../shared/domain/ports.ts';
import { measureClosedCanary } from '../runtime/canary-metrics.ts';

/** Logs the steps of a remediation, and counts them in `METRICS`, ChangesSeen and ViolationsFound. */
export function changeJournal(logger: Logger, metrics: Metrics) {
  return (entry: JournalEntry): void => {
    switch (entry.what) {
      case 'change':
        metrics.addMetric('ChangesSeen', MetricUnit.Count, 1);
        return logger.info('change', { change: entry.change });
      case 'looked':
        return logger.info('looked', {
          groups: entry.snapshot.groups.length,
          rules: countRules(entry.snapshot),
          missing: entry.missing,
        });
      case 'not-decided':
        return logger.info('not decided', { reason: entry.reason, details: entry.details });
      case 'decided':
        countViolations(metrics, entry.decisions);
        return logger.info('decided', { decisions: entry.decisions.map(decisionFields) });
      case 'withheld':
        return logger.info('withheld', { planId: entry.planId, ...withheldFields(entry.withheld) });
      case 'planned':
        return logger.info('planned', { reservation: entry.reservation, plan: planFields(entry.plan) });
      case 'skipped':
        return logger.info('skipped', { ...planNames(entry.plan), reason: entry.reason });
      case 'revoked':
        return logger.info('revoked', { planId: entry.plan.id, removed: entry.removed });
      case 'settled':
        addOutcomeMetrics(metrics, entry.outcome);
        return logger.info('settled', { ...outcomeFields(entry.outcome), notRemoved: entry.notRemoved });
      case 'notification':
        countGathered(metrics, entry.decision);
        return logger.info('notification', { ...planNames(entry.outcome.plan), ...entry.decision });
      case 'unconfirmed':
        return logger.warn('unconfirmed', { eventId: entry.change.id, because: entry.because });
      case 'not-counted':
        metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
        return logger.error('not counted', { ...outcomeFields(entry.outcome), fault: entry.fault });
      case 'unreported':
        metrics.addMetric(METRICS.findingsUnreported, MetricUnit.Count, 1);
        return logger.error('unreported', { ...outcomeFields(entry.outcome), fault: entry.fault });
      default:
        return entry satisfies never;
    }
  };
}

function countRules({ groups: sightings }: Snapshot): number {
  return sightings.reduce((sum, { group }) => sum + group.rules.length, 0);
}

function addOutcomeMetrics(metrics: Metrics, outcome: Outcome): void {
  const { plan, removed, status, reopenLoop, at } = outcome;
  if (status === 'failed') metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
  if (isAboutCanary(plan.decision)) return measureClosedCanary(metrics, outcome);
  metrics.addMetric(METRICS.rulesRevoked, MetricUnit.Count, removed.length);
  if (status === 'held') metrics.addMetric(METRICS.plansHeld, MetricUnit.Count, 1);
  if (reopenLoop !== undefined) metrics.addMetric(METRICS.reopenLoops, MetricUnit.Count, 1);
  if (removed.length > 0)
    metrics.addMetric(METRICS.timeToClose, MetricUnit.Milliseconds, Math.max(0, at - plan.change.at));
}

/** Counts each control of a decision once. CloudWatch costs $0.30 a month for each control with a finding. */
function countControls(metrics: Metrics, findings: readonly Finding[]): void {
  for (const control of new Set(findings.map((finding) => finding.control))) {
    const single = metrics.singleMetric();
    single.addDimension(DIMENSIONS.control, control);
    single.addMetric(METRICS.violations, MetricUnit.Count, 1);
  }
}

/** Counts violations, without the canary. */
function countViolations(metrics: Metrics, decisions: readonly Decision[]): void {
  const violations = decisions.filter((decision) => !isAboutCanary(decision));
  metrics.addMetric('ViolationsFound', MetricUnit.Count, violations.length);
  for (const { findings } of violations) countControls(metrics, findings);
}

/** Counts a message that goes into the digest of an alert burst. */
function countGathered(metrics: Metrics, decision: NotificationDecision): void {
  if (decision.kind === 'suppress' && decision.reason === 'in-digest')
    metrics.addMetric(METRICS.alertsGathered, MetricUnit.Count, 1);
}

function decisionFields({ mode, rules, findings, limits }: Decision) {
  return {
    mode,
    rules,
    because: findings.map(({ control }) => control),
    limits: limits.map(({ reason }) => reason),
  };
}

function outcomeFields({ plan, status, removed, alreadyGone, changed, fault }: Outcome) {
  return {
    planId: plan.id,
    groupId: plan.decision.group.id,
    status,
    removed: removed.length,
    alreadyGone: alreadyGone.length,
    changed,
    ...(fault && { fault }),
  };
}

/** A plan with each rule in full once; steps and undo have only the rule ids. */
function planFields({ id, decision, steps, undo, at }: Plan) {
  return {
    id,
    at,
    groupId: decision.group.id,
    groupName: decision.group.name,
    mode: decision.mode,
    because: decision.findings.map(({ control, freshness, severity, exposures }) => ({
      control,
      freshness,
      severity,
      exposures,
    })),
    limits: decision.limits,
    rules: decision.rules,
    steps: steps.map(stepFields),
    undo: undo.map(stepFields),
  };
}

function planNames({ id, decision }: Plan) {
  return { planId: id, groupId: decision.group.id };
}

function withheldFields({ decision, why }: Withheld) {
  return {
    reason: why,
    groupId: decision.group.id,
    mode: decision.mode,
    controls: decision.findings.map(({ control }) => control),
    rules: decision.rules.map(({ id }) => id),
  };
}

function stepFields({ do: what, direction, rules }: Step) {
  return {
    do: what,
    direction,
    rules: rules.map(({ id }) => id),
  };
}
