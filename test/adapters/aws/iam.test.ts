import { IAMClient, IAMServiceException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { accountAlias } from '../../../shared/adapters/aws/iam.ts';
import type { CellLogEntry } from '../../../shared/domain/ports.ts';

const denied = new IAMServiceException({ name: 'AccessDenied', message: 'no', $fault: 'client', $metadata: {} });

/** IAM that gives one answer after the other, the last one from then on. */
function iamWith(...answers: readonly (readonly string[] | Error)[]) {
  const state = { calls: 0, now: 0 };
  const iam = new IAMClient({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  iam.middlewareStack.add(
    () => async () => {
      const answer = answers[Math.min(state.calls, answers.length - 1)] ?? [];
      state.calls += 1;
      if (answer instanceof Error) throw answer;
      return { output: { $metadata: {}, AccountAliases: answer }, response: {} };
    },
    { step: 'initialize' },
  );
  const journal: CellLogEntry[] = [];
  const port = accountAlias(iam, { now: () => state.now }, (entry) => void journal.push(entry));
  return { port, journal, state };
}

describe('the account’s alias', () => {
  it('is read once, however many ask at once and later', async () => {
    const { port, state } = iamWith(['shop-production']);
    expect(await Promise.all([port.alias(), port.alias()])).toEqual(['shop-production', 'shop-production']);
    expect(await port.alias()).toBe('shop-production');
    expect(state.calls).toBe(1);
  });

  it('may be none, which is read once, too', async () => {
    const { port, state } = iamWith([]);
    expect([await port.alias(), await port.alias()]).toEqual([undefined, undefined]);
    expect(state.calls).toBe(1);
  });

  it('is left out where it cannot be read, which the journal is told, and asked for again after ten minutes', async () => {
    const { port, journal, state } = iamWith(denied, ['shop-production']);
    expect(await port.alias()).toBeUndefined();
    expect(journal).toEqual([
      { what: 'alias-unread', fault: expect.objectContaining({ call: 'ListAccountAliases', code: 'AccessDenied' }) },
    ]);
    state.now = 599_999;
    expect([await port.alias(), state.calls]).toEqual([undefined, 1]);
    state.now = 600_000;
    expect([await port.alias(), state.calls]).toEqual(['shop-production', 2]);
  });
});
