import { SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { runtimeSwitch } from '../../../shared/adapters/aws/ssm.ts';
import { InputInvalid } from '../../../shared/domain/errors.ts';
import type { CellLogEntry } from '../../../shared/domain/ports.ts';

const NOON = Date.parse('2026-05-01T12:00:00Z');
const PARAMETER = '/portcullis/switch';

/**
 * A switch over a parameter whose value the test sets (an Error is thrown), with its clock and the number of
 * reads.
 */
function switchOver(value: string | Error) {
  const state = { value, now: NOON, reads: 0, setAt: new Date(NOON) };
  const journal: CellLogEntry[] = [];
  const ssm = new SSMClient({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  ssm.middlewareStack.add(
    () => async (args) => {
      state.reads += 1;
      expect(args.input).toEqual({ Name: PARAMETER, WithDecryption: true });
      if (state.value instanceof Error) throw state.value;
      return {
        output: { $metadata: {}, Parameter: { Value: state.value, LastModifiedDate: state.setAt } },
        response: {},
      };
    },
    { step: 'initialize' },
  );
  const clock = { now: () => state.now };
  return {
    state,
    journal,
    runtime: runtimeSwitch(ssm, PARAMETER, { clock, journal: (entry) => void journal.push(entry) }),
  };
}

function ssmError(name: string, httpStatusCode: number) {
  return new SSMServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });
}

function setting(change: object = {}) {
  return JSON.stringify({ mode: 'alert', until: '2026-05-01T13:00:00Z', reason: 'migration', ...change });
}

describe('the runtime switch', () => {
  it('holds the mode down until its time', async () => {
    const { runtime, state } = switchOver(setting());
    expect(await runtime.ceiling()).toBe('alert');
    state.now = Date.parse('2026-05-01T13:00:00Z');
    expect(await runtime.ceiling()).toBe('enforce');
  });

  it('ends on time even while the answer is still believed', async () => {
    const { runtime, state } = switchOver(setting({ until: '2026-05-01T12:00:05Z' }));
    expect(await runtime.ceiling()).toBe('alert');
    state.now += 5000;
    expect(await runtime.ceiling()).toBe('enforce');
    expect(state.reads).toBe(1);
  });

  it('allows everything where no switch is set', async () => {
    const { runtime } = switchOver(ssmError('ParameterNotFound', 400));
    expect(await runtime.ceiling()).toBe('enforce');
  });

  it('reads again after 15 seconds, not before', async () => {
    const { runtime, state } = switchOver(setting());
    await runtime.ceiling();
    state.value = setting({ mode: 'off' });
    state.now += 15_000;
    expect(await runtime.ceiling()).toBe('alert');
    state.now += 1;
    expect(await runtime.ceiling()).toBe('off');
  });

  it('keeps to its last value until that ends while it cannot be read, tells the journal, and asks again each time', async () => {
    const { runtime, state, journal } = switchOver(setting());
    await runtime.ceiling();
    state.value = ssmError('InternalServerError', 500);
    state.now += 20_000;
    expect([await runtime.ceiling(), await runtime.ceiling(), state.reads]).toEqual(['alert', 'alert', 3]);
    expect(journal).toMatchObject([
      { what: 'switch-unread', instead: 'alert', fault: { code: 'InternalServerError' } },
      { what: 'switch-unread', instead: 'alert' },
    ]);
    state.now = Date.parse('2026-05-01T13:00:00Z');
    expect(await runtime.ceiling()).toBe('enforce');
    expect(journal.at(-1)).toMatchObject({ instead: 'enforce' });
  });

  it('allows everything where it was never read, so that nobody stops all closing by breaking it', async () => {
    const { runtime, journal } = switchOver(ssmError('AccessDeniedException', 400));
    expect(await runtime.ceiling()).toBe('enforce');
    expect(journal).toMatchObject([
      { what: 'switch-unread', instead: 'enforce', fault: { code: 'AccessDeniedException' } },
    ]);
  });

  it('is forgotten where it was deleted, whatever it was before', async () => {
    const { runtime, state, journal } = switchOver(setting());
    await runtime.ceiling();
    state.value = ssmError('ParameterNotFound', 400);
    state.now += 20_000;
    expect([await runtime.ceiling(), journal]).toEqual(['enforce', []]);
  });

  it.each([
    ['12 hours after it was set', '2026-05-02T00:00:00Z', 'off'],
    ['five minutes more, which clocks may be off', '2026-05-02T00:05:00Z', 'off'],
    ['longer', '2026-05-02T00:05:01Z', 'enforce'],
    ['years', '2099-01-01T00:00:00Z', 'enforce'],
  ] as const)('that is to run for %s holds the mode at %s', async (_, until, ceiling) => {
    const { runtime, state, journal } = switchOver(setting({ mode: 'off', until }));
    expect([await runtime.ceiling(), journal.length]).toEqual([ceiling, ceiling === 'off' ? 0 : 1]);
    // Counted from when it was set: it does not become valid by waiting.
    state.now = Date.parse('2026-05-01T23:59:00Z');
    expect(await runtime.ceiling()).toBe(ceiling);
  });

  it.each([
    ['alert', 'not JSON'],
    ['""', 'expected {'],
    ['[]', 'mode: expected one of off, observe, alert, approve, enforce'],
    [setting({ mode: 'aus' }), 'mode: expected one of'],
    [setting({ until: undefined }), 'until: expected a time'],
    [setting({ until: '2026-05-02' }), 'until: expected a time'],
    [setting({ until: '2026-05-02T12:00' }), 'until: expected a time'],
    [setting({ until: '2026-13-02T12:00:00Z' }), 'until: expected a time'],
    [setting({ reason: '' }), 'reason: expected a text'],
  ])('does not guess what %s means', async (value, message) => {
    const { runtime, journal } = switchOver(value);
    expect(await runtime.ceiling()).toBe('enforce');
    const [entry] = journal;
    expect(entry).toMatchObject({ what: 'switch-unread', fault: expect.any(InputInvalid) });
    expect(String(entry && 'fault' in entry && entry.fault)).toContain(`parameter ${PARAMETER}: ${message}`);
  });
});
