import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingRecord } from '../../shared/reports/report.ts';
import { reportJson, reportJsonParts } from '../../shared/reports/report-json.ts';

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

async function* oneByOne<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const records = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.nat(3)), { maxLength: 5 });

describe('a report given out in parts', () => {
  it('is the same text as the report at once', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.array(fc.string()), fc.nat(), async (found, errors, groups) => {
        const findings = found.map(([name, rules]) => record(name, rules));
        const rest = { groups, rules: 7, errors };
        const parts = await Array.fromAsync(reportJsonParts(oneByOne(findings), rest));
        expect(parts.join('')).toBe(reportJson({ findings, ...rest }));
      }),
    );
  });

  it('comes in parts that stay small', async () => {
    const findings = Array.from({ length: 1000 }, (_, index) => record(`${index}`, 3));
    const parts = await Array.fromAsync(reportJsonParts(oneByOne(findings), { groups: 1, rules: 1, errors: [] }));
    expect(parts.length).toBeGreaterThan(5);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(70_000);
  });
});
