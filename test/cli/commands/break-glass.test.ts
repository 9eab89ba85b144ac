import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { runtimeSwitch, writeSwitch } from '../../../shared/adapters/aws/ssm.ts';
import { STACK_NAME, switchParameter } from '../../../shared/catalogue.ts';
import { THEN } from '../command-line.ts';
import { fakeCell, fault } from '../fake-cell.ts';

const SWITCH_PARAMETER = switchParameter(STACK_NAME);

const HOUR = 3_600_000;

const cell = fakeCell();
const REASON = ['--reason', 'production is down'];

function client() {
  return new SSMClient({
    endpoint: cell.local().endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIAEXAMPLECELL00000', secretAccessKey: 'local' },
  });
}

/** The mode that the functions read from the parameter `ms` after the command. */
async function ceilingIn(ms: number, parameter = SWITCH_PARAMETER) {
  return await runtimeSwitch(client(), parameter, {
    clock: { now: () => Date.parse(THEN) + ms },
    journal: () => undefined,
  }).ceiling();
}

describe('portcullis break-glass', () => {
  it('limits the cell for the given time, and no longer', async () => {
    const { code, out } = await cell.run('break-glass', '--mode', 'alert', '--for', '2h', ...REASON);
    expect(code).toBe(0);
    expect(out).toMatch(/^The cell does no more than alert until 2026-01-02T05:04Z\.\nNothing is closed until then/);
    expect(out).toContain('portcullis break-glass --end');
    expect([await ceilingIn(0), await ceilingIn(2 * HOUR - 1), await ceilingIn(2 * HOUR)]).toEqual([
      'alert',
      'alert',
      'enforce',
    ]);
  });

  it('is replaced by the next one, and can be ended early', async () => {
    await cell.run('break-glass', '--mode', 'alert', '--for', '1h30m', ...REASON);
    await cell.run('break-glass', '--mode', 'off', '--for', '45m', ...REASON);
    expect([await ceilingIn(0), await ceilingIn(0.75 * HOUR)]).toEqual(['off', 'enforce']);
    const { code, out } = await cell.run('break-glass', '--end');
    expect([code, out]).toEqual([
      0,
      'The runtime switch is over.\nWhatever the policy says is done again. A cell whose parameter is /portcullis/Portcullis/switch in eu-west-1 obeys within 15 seconds.\n',
    ]);
    expect(await ceilingIn(0)).toBe('enforce');
  });

  it('limits the cell of the given stack, and no other', async () => {
    await cell.run('break-glass', '--end');
    const { code } = await cell.run('break-glass', '--mode', 'off', '--for', '1h', ...REASON, '--stack', 'Lab');
    expect(code).toBe(0);
    expect([await ceilingIn(0, switchParameter('Lab')), await ceilingIn(0)]).toEqual(['off', 'enforce']);
  });

  it('records the reason, and writes the given parameter', async () => {
    const argv = ['break-glass', '--mode', 'off', '--for', '12h', ...REASON, '--parameter', '/other/switch'];
    const { out } = await cell.run(...argv, '--format', 'json');
    const printed = JSON.parse(out);
    expect(printed).toMatchObject({
      kind: 'switch-set',
      parameter: '/other/switch',
      region: 'eu-west-1',
      mode: 'off',
      reason: 'production is down',
    });
    const written = cell.local().account.region('eu-west-1').parameters.get('/other/switch');
    expect(JSON.parse(written?.value ?? '')).toEqual({
      mode: 'off',
      until: '2026-01-02T15:04:05.000Z',
      reason: 'production is down',
    });
    expect(await ceilingIn(0, '/other/switch')).toBe('off');
  });

  it('names the missing permission', async () => {
    cell.local().faults.push({ service: 'ssm', operation: 'PutParameter', kind: 'unauthorized' });
    expect(await cell.tries('break-glass', '--end')).toEqual(
      fault(`parameter ${SWITCH_PARAMETER} in eu-west-1: access denied; these credentials need ssm:PutParameter on it`),
    );
    cell.local().faults.splice(0);
  });

  it.each([
    ['--mode is needed: how far the cell may still go, alert or off', ['--for', '2h', ...REASON]],
    ['--mode "enforce": expected alert or off', ['--mode', 'enforce', '--for', '2h', ...REASON]],
    ['--for is needed: how long, such as 2h: it ends by itself', ['--mode', 'off', ...REASON]],
    [
      '--for "13h": expected a time such as 2h, 45m or 1h30m, at most 12h',
      ['--mode', 'off', '--for', '13h', ...REASON],
    ],
    ['--for "12h1m": expected', ['--mode', 'off', '--for', '12h1m', ...REASON]],
    ['--for "0m": expected', ['--mode', 'off', '--for', '0m', ...REASON]],
    ['--for "2": expected', ['--mode', 'off', '--for', '2', ...REASON]],
    ['--reason is needed', ['--mode', 'off', '--for', '2h']],
    ['--end and --mode: give one of them', ['--end', '--mode', 'off']],
    ['--end and --for: give one of them', ['--end', '--for', '1h']],
  ])('writes nothing where it is used wrongly: %s', async (message, argv) => {
    const before = cell.local().calls.length;
    expect(await cell.tries('break-glass', ...argv)).toEqual(fault(message));
    expect(cell.local().calls).toHaveLength(before);
  });
});

describe('the switch that is written', () => {
  it('runs for at most 12 hours and has a reason, whoever writes it', async () => {
    const order = { mode: 'off', until: 12 * HOUR, reason: 'x' } as const;
    const none = { send: async () => await Promise.reject(new Error('nothing is to be written')) };
    await expect(writeSwitch(none, '/p', order, -1)).rejects.toThrow('at most 12 hours');
    await expect(writeSwitch(none, '/p', { ...order, reason: ' ' }, 0)).rejects.toThrow('needs a reason');
  });
});
