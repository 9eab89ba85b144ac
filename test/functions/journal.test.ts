import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeJournal } from '../../functions/on-change/journal.ts';
import { measureCanaryCommand } from '../../functions/runtime/canary-metrics.ts';
import { resourcesOf, templateOf } from '../../infra/synthesize.ts';
import { CANARY_LATE_MS, markerRule } from '../../shared/domain/canary.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import type { JournalEntry } from '../../shared/domain/ports.ts';
import { outcome, ssh } from '../reports/outcomes.ts';

const FUNCTIONS = path.join(import.meta.dirname, '../../functions');

const written: Record<string, unknown>[] = [];
beforeEach(() => {
  written.length = 0;
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.spyOn(console, 'log').mockImplementation((line: string) => void written.push(JSON.parse(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What CloudWatch gets of these entries. */
function measured(...entries: readonly JournalEntry[]) {
  const metrics = new Metrics({ namespace: 'Portcullis', serviceName: 'portcullis' });
  const journal = changeJournal(new Logger({ logLevel: 'SILENT' }), metrics);
  for (const entry of entries) journal(entry);
  metrics.publishStoredMetrics();
  return written;
}

describe('the metrics of the journal', () => {
  it('count a violation once for each of its controls, under the control’s name', () => {
    const [finding] = outcome([ssh(1)]).plan.decision.findings;
    const findings = [finding!, finding!, { ...finding!, control: 'world-open-cache' }];
    const decisions = [{ ...outcome([ssh(1)]).plan.decision, findings }];
    expect(measured({ what: 'decided', decisions })).toMatchObject([
      { service: 'portcullis', control: 'world-open-admin', [METRICS.violations]: 1 },
      { service: 'portcullis', control: 'world-open-cache', [METRICS.violations]: 1 },
      { service: 'portcullis', ViolationsFound: 1 },
    ]);
  });

  it('count removed rules, the time to close, and reopen loops', () => {
    const fight = { times: 4, since: 0, actors: [], quiet: true };
    expect(measured({ what: 'settled', outcome: outcome([ssh(1), ssh(2)], { reopenLoop: fight }) })).toMatchObject([
      { [METRICS.rulesRevoked]: 2, [METRICS.timeToClose]: 2000, [METRICS.reopenLoops]: 1 },
    ]);
  });

  it.each([
    ['held', METRICS.plansHeld],
    ['failed', METRICS.failures],
  ] as const)('count what is %s, and no time to close', (status, name) => {
    const [line] = measured({ what: 'settled', outcome: outcome([ssh(1)], { status, removed: [] }) });
    expect(line).toMatchObject({ [name]: 1 });
    expect(line).not.toHaveProperty(METRICS.timeToClose);
  });

  it('count outcomes kept for a digest, and a failure if that fails', () => {
    expect(
      measured(
        { what: 'notification', outcome: outcome([ssh(1)]), decision: { kind: 'suppress', reason: 'in-digest' } },
        { what: 'not-counted', outcome: outcome([ssh(2)]), fault: new Error('throttled') },
      ),
    ).toMatchObject([{ [METRICS.alertsGathered]: 1, [METRICS.failures]: 1 }]);
  });

  describe('of the canary', () => {
    const at = Date.parse('2026-01-02T03:00:00Z');
    const marker: Rule = { ...markerRule(at), id: 'sgr-1', groupId: 'sg-1' };
    const because = [
      { control: 'canary', severity: 'low', freshness: 'fresh', rules: [marker], exposures: [] },
    ] as const;
    const closed = (removed: Rule, more: Partial<Outcome> = {}): Outcome => {
      const { plan, ...rest } = outcome([removed], { at: at + 9000, ...more });
      return { ...rest, plan: { ...plan, decision: { ...plan.decision, findings: because } } };
    };

    it('tell from when it was put to its end, and nothing that is told of others', () => {
      const entries = [
        { what: 'decided', decisions: [closed(marker).plan.decision] },
        { what: 'settled', outcome: closed(marker) },
      ] as const;
      const [line, ...others] = measured(...entries);
      expect(line).toMatchObject({ [METRICS.timeToCloseCanary]: 9000, ViolationsFound: 0 });
      for (const name of [METRICS.violations, METRICS.rulesRevoked, METRICS.timeToClose])
        expect(line).not.toHaveProperty(name);
      expect(others).toEqual([]);
    });

    it('tell it from the event on where the marker does not say when it was put', () => {
      const silent = { ...marker, description: 'Portcullis canary, put some day' };
      const [line] = measured({ what: 'settled', outcome: closed(silent, { at: outcome([]).plan.change.at + 700 }) });
      expect(line).toMatchObject({ [METRICS.timeToCloseCanary]: 700 });
    });

    it('count one that could not be closed as a failure', () => {
      const [line] = measured({ what: 'settled', outcome: closed(marker, { status: 'failed', removed: [] }) });
      expect(line).toMatchObject({ [METRICS.failures]: 1 });
      expect(line).not.toHaveProperty(METRICS.timeToCloseCanary);
    });

    const put = (result: CommandResult, command: Command = { do: 'canary', region: 'eu-west-1' }) => {
      const metrics = new Metrics({ namespace: 'Portcullis', serviceName: 'portcullis' });
      measureCanaryCommand(metrics, command, result, at + 1_800_000);
      metrics.publishStoredMetrics();
      return written;
    };

    it.each([
      [{ kind: 'canary-put', groupId: 'sg-1', at }, { [METRICS.canarySkipped]: 0 }],
      [{ kind: 'canary-skipped', because: ['the switch'] }, { [METRICS.canarySkipped]: 1 }],
      [
        { kind: 'canary-stands', groupId: 'sg-1', since: at },
        { [METRICS.canarySkipped]: 0, [METRICS.timeToCloseCanary]: 1_800_000 },
      ],
      [
        { kind: 'canary-stands', groupId: 'sg-1' },
        { [METRICS.canarySkipped]: 0, [METRICS.timeToCloseCanary]: CANARY_LATE_MS },
      ],
      [{ kind: 'canary-stands', groupId: 'sg-1', since: at + 1_790_000 }, { [METRICS.canarySkipped]: 0 }],
      [
        { kind: 'canary-stands', groupId: 'sg-1', since: at + 9e9 },
        { [METRICS.canarySkipped]: 0, [METRICS.timeToCloseCanary]: CANARY_LATE_MS },
      ],
      [
        { kind: 'refused', because: ['it is in use'] },
        { [METRICS.canarySkipped]: 0, [METRICS.timeToCloseCanary]: CANARY_LATE_MS },
      ],
    ] as const)('tell what came of putting it: %j', (result, expected) => {
      const [line] = put(result);
      const known = Object.entries(line ?? {}).filter(([name]) => /Canary/.test(name));
      expect(Object.fromEntries(known)).toEqual(expected);
    });

    it('tell nothing of other commands', () => {
      const list: Command = { do: 'list', what: 'held', most: 1 };
      expect(put({ kind: 'refused', because: ['no'] }, list)).toEqual([]);
    });
  });
});

describe('a finding that another system refuses', () => {
  it('is counted apart from failures, because the rules were closed', () => {
    const fault = new CallFailed('PutEvents', 'ResourceNotFoundException', false, 'no such bus');
    const [line] = measured({ what: 'unreported', outcome: outcome([ssh(1)]), fault });
    expect(line).toMatchObject({ [METRICS.findingsUnreported]: 1 });
    expect(line).not.toHaveProperty(METRICS.failures);
  });
});

/** A cell with everything that it can have. */
const WHOLE = templateOf({ alertsSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:alerts' });

describe('the dashboard', () => {
  const body = JSON.stringify(resourcesOf(WHOLE, 'AWS::CloudWatch::Dashboard').map(({ Properties }) => Properties));
  const code = readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(FUNCTIONS, file), 'utf8'));

  it.each(Object.entries(METRICS))('shows %s, and some function emits it', (key, name) => {
    expect(body).toContain(name);
    expect(code.filter((text) => text.includes(`addMetric(METRICS.${key},`))).not.toEqual([]);
  });

  it('shows no metric of ours that is not declared', () => {
    const shown = [...body.matchAll(/\[\\+"Portcullis\\+",\\+"(\w+)\\+"/g)].map(([, name]) => name);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((name) => !(Object.values(METRICS) as readonly unknown[]).includes(name))).toEqual([]);
  });

  it('shows every queue of lost events and every function’s errors', () => {
    const count = (name: string) => body.split(name).length - 1;
    const lost = resourcesOf(WHOLE, 'AWS::SQS::Queue').filter(({ Properties }) => !('RedrivePolicy' in Properties));
    expect(count('ApproximateNumberOfMessagesVisible')).toBe(lost.length);
    expect(count('AWS/Lambda')).toBe(resourcesOf(WHOLE, 'AWS::Lambda::Function').length);
  });
});
