import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { journalTo } from '../../functions/journal.ts';
import { METRICS } from '../../shared/model/metrics.ts';
import type { JournalEntry } from '../../shared/model/ports.ts';
import { gistOf } from '../../shared/pipeline/gist.ts';
import { resourcesOf, templateOf } from '../infra/stack-template.ts';
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
const measured = (...entries: readonly JournalEntry[]) => {
  const metrics = new Metrics({ namespace: 'Portcullis', serviceName: 'portcullis' });
  const journal = journalTo(new Logger({ logLevel: 'SILENT' }), metrics);
  for (const entry of entries) journal(entry);
  metrics.publishStoredMetrics();
  return written;
};

describe('the metrics of the journal', () => {
  it('count a violation once for each of its controls, under the control’s name', () => {
    const [finding] = outcome([ssh(1)]).plan.decision.because;
    const because = [finding!, finding!, { ...finding!, control: 'world-open-cache' }];
    const decisions = [{ ...outcome([ssh(1)]).plan.decision, because }];
    expect(measured({ what: 'decided', decisions })).toMatchObject([
      { service: 'portcullis', control: 'world-open-admin', [METRICS.violations]: 1 },
      { service: 'portcullis', control: 'world-open-cache', [METRICS.violations]: 1 },
      { service: 'portcullis', ViolationsFound: 1 },
    ]);
  });

  it('tell the rules removed, the time it took, and what came back', () => {
    const fight = { times: 4, since: 0, actors: [], quiet: true };
    expect(measured({ what: 'settled', outcome: outcome([ssh(1), ssh(2)], { fight }) })).toMatchObject([
      { [METRICS.rulesRevoked]: 2, [METRICS.timeToClose]: 2000, [METRICS.fights]: 1 },
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

  it('count what was kept for a digest, and as a failure what nobody could count', () => {
    expect(
      measured(
        { what: 'gathered', gist: gistOf(outcome([ssh(1)])) },
        { what: 'not-counted', outcome: outcome([ssh(2)]), fault: new Error('throttled') },
      ),
    ).toMatchObject([{ [METRICS.alertsGathered]: 1, [METRICS.failures]: 1 }]);
  });
});

describe('the dashboard', () => {
  const body = JSON.stringify(
    resourcesOf(templateOf(), 'AWS::CloudWatch::Dashboard').map(({ Properties }) => Properties),
  );
  const code = readdirSync(FUNCTIONS).map((file) => readFileSync(path.join(FUNCTIONS, file), 'utf8'));

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
    expect(count('ApproximateNumberOfMessagesVisible')).toBe(resourcesOf(templateOf(), 'AWS::SQS::Queue').length);
    expect(count('AWS/Lambda')).toBe(resourcesOf(templateOf(), 'AWS::Lambda::Function').length);
  });
});
