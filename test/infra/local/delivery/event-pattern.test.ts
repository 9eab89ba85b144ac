import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventPatternError } from '../../../../infra/local/delivery/event-matchers.ts';
import { type EventPattern, eventMatches } from '../../../../infra/local/delivery/event-pattern.ts';
import { DECIDED, EVENT, REFUSED } from './event-pattern-cases.ts';

function detail(pattern: EventPattern): boolean {
  return eventMatches({ detail: pattern }, EVENT);
}

describe('an event pattern', () => {
  test.each(DECIDED)('%s', (_shows, pattern, expected) => {
    expect(detail(pattern)).toBe(expected);
  });

  test.each(REFUSED)('refuses %s', (_says, pattern) => {
    expect(() => detail(pattern)).toThrow(EventPatternError);
  });

  test('an error names the invalid field', () => {
    expect(() => eventMatches({ detail: { eventName: [{ like: 'x' }] } }, EVENT)).toThrow(/detail\.eventName.*like/);
  });

  test('for a string, anything-but a value is the opposite of the value', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, excluded) => {
        const inside = eventMatches({ field: [excluded] }, { field: value });
        expect(eventMatches({ field: [{ 'anything-but': excluded }] }, { field: value })).toBe(!inside);
      }),
    );
  });

  test('a wildcard pattern without a star is equality', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, other) => {
        const literal = other.replace(/[\\*]/g, (character) => `\\${character}`);
        expect(eventMatches({ field: [{ wildcard: literal }] }, { field: value })).toBe(value === other);
        expect(eventMatches({ field: [{ wildcard: literal }] }, { field: other })).toBe(true);
      }),
    );
  });
});
