import { SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { runtimeSwitch } from '../../shared/aws/switch.ts';
import { CallFailed, InputInvalid } from '../../shared/model/errors.ts';

const NOON = Date.parse('2026-05-01T12:00:00Z');
const PARAMETER = '/portcullis/switch';

/** A switch over a parameter whose value the test sets (an Error is thrown), with its clock and the number of reads. */
function switchOver(value: string | Error) {
  const state = { value, now: NOON, reads: 0 };
  const ssm = new SSMClient({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  ssm.middlewareStack.add(
    () => async (args) => {
      state.reads += 1;
      expect(args.input).toEqual({ Name: PARAMETER });
      if (state.value instanceof Error) throw state.value;
      return { output: { $metadata: {}, Parameter: { Value: state.value } }, response: {} };
    },
    { step: 'initialize' },
  );
  return { state, runtime: runtimeSwitch(ssm, PARAMETER, { now: () => state.now }) };
}

const ssmError = (name: string, httpStatusCode: number) =>
  new SSMServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });

const setting = (change: object = {}) =>
  JSON.stringify({ mode: 'alert', until: '2026-05-01T13:00:00Z', reason: 'migration', ...change });

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

  it('throws CallFailed when the parameter cannot be read, and asks again the next time', async () => {
    const { runtime, state } = switchOver(ssmError('InternalServerError', 500));
    await expect(runtime.ceiling()).rejects.toMatchObject({ code: 'InternalServerError', retryable: true });
    await expect(runtime.ceiling()).rejects.toThrow(CallFailed);
    expect(state.reads).toBe(2);
  });

  it.each([
    ['alert', 'not JSON'],
    ['""', 'expected {'],
    ['[]', 'mode: expected one of off, observe, alert, approve, enforce'],
    [setting({ mode: 'aus' }), 'mode: expected one of'],
    [setting({ until: undefined }), 'until: expected a moment'],
    [setting({ until: '2026-05-02' }), 'until: expected a moment'],
    [setting({ until: '2026-05-02T12:00' }), 'until: expected a moment'],
    [setting({ until: '2026-13-02T12:00:00Z' }), 'until: expected a moment'],
    [setting({ reason: '' }), 'reason: expected a text'],
  ])('does not guess what %s means', async (value, message) => {
    const { runtime } = switchOver(value);
    const failure = await runtime.ceiling().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputInvalid);
    expect(String(failure)).toContain(`parameter ${PARAMETER}: ${message}`);
  });
});
