import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventMatches } from '../../../infra/local/delivery/event-pattern.ts';
import { eventPatterns } from '../../../shared/catalogue/event-patterns.ts';
import { readDatabaseCreated } from '../../../shared/events/cloudtrail/attachments.ts';
import {
  type CallTable,
  CLOUDTRAIL_CALLS,
  type CloudTrailCall,
  findCall,
} from '../../../shared/events/cloudtrail/calls.ts';
import { readCloudTrail } from '../../../shared/events/cloudtrail/cloudtrail.ts';

const EVENTS = new URL('../../../events/', import.meta.url);

/**
 * What a table lacks: the sample event of a call, a sample that matches no event pattern, or one of another
 * call.
 */
function shortcomings(table: CallTable): readonly string[] {
  const patterns = Object.values(eventPatterns(table));
  return Object.entries(table).flatMap(([service, calls]) =>
    Object.entries(calls).flatMap(([name, { sample, trigger }]) => {
      const file = new URL(`cloudtrail.${sample}.json`, EVENTS);
      if (!existsSync(file)) return [`${name}: no events/cloudtrail.${sample}.json`];
      const event = JSON.parse(readFileSync(file, 'utf8'));
      const reading = readCloudTrail(event);
      return [
        ...(event.detail.eventName === name && event.detail.eventSource === service ? [] : [`${name}: another call`]),
        ...(reading.kind === 'change' && reading.change.trigger === trigger ? [] : [`${name}: no change`]),
        ...(patterns.some((pattern) => eventMatches(pattern, event)) ? [] : [`${name}: matches no pattern`]),
      ];
    }),
  );
}

const PROXY = { trigger: 'attached', read: readDatabaseCreated, sample: 'create-db-proxy' } as const;

describe('the table of CloudTrail calls', () => {
  it('has a sample event of each call, which a pattern selects and the parser reads', () => {
    expect(shortcomings(CLOUDTRAIL_CALLS)).toEqual([]);
  });

  it('has no two calls with one sample, and no sample of a call that is absent', () => {
    const samples = Object.values(CLOUDTRAIL_CALLS).flatMap((calls) =>
      Object.values(calls).map(({ sample }: CloudTrailCall) => sample),
    );
    expect(new Set(samples).size).toBe(samples.length);
    for (const file of readdirSync(EVENTS).filter((name) => name.startsWith('cloudtrail.'))) {
      const { detail } = JSON.parse(readFileSync(new URL(file, EVENTS), 'utf8'));
      expect([file, findCall(detail.eventName, detail.eventSource)]).not.toContain(undefined);
    }
  });

  it('demands the sample event of a planted RDS call, and derives its event pattern from the entry', () => {
    const planted = {
      ...CLOUDTRAIL_CALLS,
      'rds.amazonaws.com': { ...CLOUDTRAIL_CALLS['rds.amazonaws.com'], CreateDBProxy: PROXY },
    } satisfies CallTable;
    expect(shortcomings(planted)).toEqual(['CreateDBProxy: no events/cloudtrail.create-db-proxy.json']);
    expect(eventPatterns(planted)['rds-changes']?.detail.eventName).toContain('CreateDBProxy');
    expect(findCall('CreateDBProxy', 'rds.amazonaws.com', planted)).toBe(PROXY);
  });

  it('does not compile with an incomplete entry', () => {
    const { read, sample } = PROXY;
    // @ts-expect-error: no sample event
    const withoutSample: CloudTrailCall = { trigger: 'attached', read };
    // @ts-expect-error: no parser
    const withoutParser: CloudTrailCall = { trigger: 'attached', sample };
    // @ts-expect-error: no trigger
    const withoutTrigger: CloudTrailCall = { read, sample };
    // @ts-expect-error: a tag call without its selection of tags
    const withoutSelection: CloudTrailCall = { trigger: 'tagged', read, sample };
    expect([withoutSample, withoutParser, withoutTrigger, withoutSelection]).toHaveLength(4);
  });
});
