import { describe, expect, it } from 'vitest';
import { exceedsSweepShare } from '../../shared/policy/queries.ts';

describe('the share of a sweep', () => {
  it.each([
    [10, 100, 0.1, false],
    [11, 100, 0.1, true],
    [0, 0, 0.1, false],
    // One group is always allowed.
    [1, 5, 0.1, false],
    [2, 5, 0.1, true],
    // A share of 0 allows no group.
    [1, 5, 0, true],
    [0, 5, 0, false],
    [5, 5, 1, false],
  ])('closing rules in %i of %i groups at a share of %d: exceeded is %s', (closing, groups, sweepShare, expected) => {
    expect(exceedsSweepShare(closing, groups, { sweepShare })).toBe(expected);
  });
});
