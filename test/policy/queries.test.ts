import { describe, expect, it } from 'vitest';
import { exceedsSweepShare } from '../../shared/policy/queries.ts';

describe('the share of a sweep', () => {
  it.each([
    [10, 100, 0.1, false],
    [11, 100, 0.1, true],
    [0, 0, 0.1, false],
    // Of a few groups one may be closed in, whatever the share.
    [1, 5, 0.1, false],
    [2, 5, 0.1, true],
    // Nothing is nothing.
    [1, 5, 0, true],
    [0, 5, 0, false],
    [5, 5, 1, false],
  ])('%i of %i at %d: too much is %s', (closing, groups, sweepShare, expected) => {
    expect(exceedsSweepShare(closing, groups, { sweepShare })).toBe(expected);
  });
});
