import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportJson, scanJson } from '../../shared/reports/json.ts';
import type { FindingRecord, ScanRecord } from '../../shared/reports/report.ts';

function record(groupName: string, rules: number): FindingRecord {
  return {
    control: 'world-open-admin',
    severity: 'high',
    mode: 'alert',
    groupId: 'sg-1',
    groupName,
    region: null,
    account: null,
    rules: Array.from({ length: rules }, () => ({
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      source: '0.0.0.0/0',
    })),
    ports: { tcp: [[22, 22]], udp: [] },
    because: groupName,
    remedy: 'revoke',
  };
}

const SCAN: ScanRecord = {
  time: '2026-01-02T03:04:05.000Z',
  tool: { name: 'portcullis', version: '0.1.0' },
  policy: { preset: 'guard', from: 'as shipped' },
  exemptions: { read: ['policy'], applied: [] },
  notes: ['nothing is missing'],
};

async function* oneByOne<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const records = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.nat(3)), { maxLength: 5 });

describe('a report that is written in parts', () => {
  it('has the same text as the whole report', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.array(fc.string()), fc.nat(), async (found, errors, groups) => {
        const findings = found.map(([name, rules]) => record(name, rules));
        const rest = { groups, rules: 7, errors, scan: SCAN };
        const parts = await Array.fromAsync(scanJson(oneByOne(findings), rest));
        expect(parts.join('')).toBe(reportJson({ findings, ...rest }));
      }),
    );
  });

  it('has small parts', async () => {
    const findings = Array.from({ length: 1000 }, (_, index) => record(`${index}`, 3));
    const parts = await Array.fromAsync(scanJson(oneByOne(findings), { groups: 1, rules: 1, errors: [], scan: SCAN }));
    expect(parts.length).toBeGreaterThan(5);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(70_000);
  });
});
