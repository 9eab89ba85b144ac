import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IGNORED_REASONS, ignore, ignoredText } from '../../shared/events/ignored.ts';

describe('an ignored event', () => {
  it.each(Object.entries(IGNORED_REASONS))('with the reason %s is explained in the runbook', (reason, sentence) => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    expect(runbook).toContain(`| \`${reason}\` | ${sentence} |`);
  });

  it('is one line for people', () => {
    expect(ignoredText(ignore('failed-call', 'CreateVpc (Client.VpcLimitExceeded)'))).toBe(
      'CreateVpc (Client.VpcLimitExceeded): The call failed, so it changed nothing.',
    );
  });
});
