import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { formatsFor, type ScanWriter } from '../../shared/reports/formats.ts';
import { findingRecord, type GroupFinding } from '../../shared/reports/report.ts';
import type { ScanSummary } from '../../shared/reports/review.ts';
import type { SimulationReport } from '../../shared/reports/simulation.ts';

const FINDING: GroupFinding = {
  finding: {
    control: CONTROLS[0]?.id ?? '',
    severity: 'high',
    freshness: 'existing',
    rules: [],
    exposures: [],
  },
  group: { id: 'sg-0123456789abcdef0', name: 'web', tags: {} },
  mode: 'alert',
  limits: [],
};

const LOCATION = { region: 'eu-west-1', account: '111122223333' };

const SUMMARY: ScanSummary = {
  found: { low: 0, medium: 0, high: 1, critical: 0 },
  byControl: new Map([[FINDING.finding.control, 1]]),
  groupsWithFindings: 1,
  groups: 2,
  rules: 3,
  errors: ['pl-1 is unknown'],
  scan: {
    time: '2026-01-02T03:04:05.000Z',
    tool: { name: 'portcullis', version: '0.1.0' },
    policy: { preset: 'guard', from: 'as shipped' },
    exemptions: { read: ['policy'], applied: [] },
    notes: ['one note'],
  },
};

const SIMULATION: SimulationReport = {
  simulations: [],
  findings: [FINDING],
  locationOf: () => LOCATION,
  groups: 1,
  rules: 0,
  errors: [],
  notes: [],
  ignored: [],
  policy: { preset: 'guard', from: 'as shipped' },
};

function paint(_tone: string, text: string) {
  return text;
}

async function* records() {
  yield findingRecord(FINDING, LOCATION);
}

async function written(writer: ScanWriter): Promise<string> {
  if (writer.takes === 'worst-groups') return writer.write([[FINDING]], SUMMARY, { locationOf: () => LOCATION, paint });
  return (await Array.fromAsync(writer.write(records(), SUMMARY))).join('');
}

describe.each(formatsFor('scan'))('the format $name of a scan', ({ write }) => {
  it('names the control, the group and its location, and ends with a line break', async () => {
    const report = await written(write);
    for (const text of [FINDING.finding.control, FINDING.group.id, LOCATION.region, LOCATION.account])
      expect(report).toContain(text);
    expect(report).toMatch(/[^\n]\n$/);
  });

  it('does not hide that a part could not be judged', async () => {
    expect(await written(write)).toMatch(/pl-1 is unknown|1 part could not be judged/);
  });
});

describe.each(formatsFor('simulation'))('the format $name of a simulation', ({ write }) => {
  it('counts the finding and the group', () => {
    expect(write(SIMULATION, paint)).toMatch(/1 finding|"groupId": "sg-0123456789abcdef0"/);
  });
});

describe('the output formats', () => {
  it('start with text, the default of every report', () => {
    for (const kind of ['scan', 'simulation', 'result'] as const) expect(formatsFor(kind)[0]?.name).toBe('text');
  });

  it('have a media type and a file extension of their own', () => {
    const formats = formatsFor('scan');
    expect(new Set(formats.map(({ mediaType }) => mediaType)).size).toBe(formats.length);
    expect(new Set(formats.map(({ extension }) => extension)).size).toBe(formats.length);
  });
});
