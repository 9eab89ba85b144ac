import { describe, expect, it } from 'vitest';
import { afterExemptionText, afterRestoreText } from '../../shared/domain/exemption.ts';

describe('the text about the rules of an exemption', () => {
  it.each([
    [
      { fresh: 'enforce', existing: 'alert' },
      'When the exemption ends, a rule that was added while it ran is closed; a rule that was there before is reported and stays open.',
    ],
    [{ fresh: 'enforce', existing: 'enforce' }, 'When the exemption ends, what it covers is closed.'],
    [{ fresh: 'off', existing: 'off' }, 'When the exemption ends, what it covers is left open.'],
    [
      undefined,
      'When the exemption ends, what it covers is judged again: a rule that was added while it ran counts as new, a rule that was there before as existing.',
    ],
  ] as const)('by %j', (modes, text) => {
    expect(afterExemptionText(modes, 'ends')).toBe(text);
    expect(afterExemptionText(modes, 'has ended')).toBe(
      text.replace('When the exemption ends', 'Now that the exemption has ended'),
    );
  });

  it('treats a restored rule as a new rule', () => {
    expect(afterRestoreText({ fresh: 'enforce', existing: 'alert' })).toBe(
      'When the exemption ends, the rule counts as new and is closed',
    );
  });
});
