import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CallFailed, InputInvalid } from '../model/errors.ts';
import { MODES, type Mode } from '../model/mode.ts';
import type { Clock, Switch } from '../model/ports.ts';
import { call } from './call.ts';
import type { ClientSettings } from './client-settings.ts';

/** A client for the switch's parameter, in the function's own region. */
export const switchClient = (settings: ClientSettings): SSMClient => new SSMClient(settings);

/** How long an answer is believed, ms. */
const FRESH_MS = 15_000;

/** The switch as somebody set it: no further than `mode`, until `until` (ms since the epoch). */
interface Setting {
  readonly mode: Mode;
  readonly until: number;
}

const FORM = `{"mode": "${MODES.join('" | "')}", "until": "2026-01-31T12:00:00Z", "reason": "…"}`;

const isMode = (value: unknown): value is Mode => MODES.some((mode) => mode === value);

/** A moment with its time zone; a date alone or a local time would end at another hour than its author thinks. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function parsed(parameter: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new InputInvalid(`parameter ${parameter}: not JSON, expected ${FORM}`, { cause: error });
  }
}

function readSetting(parameter: string, value: string): Setting {
  const setting = parsed(parameter, value);
  if (typeof setting !== 'object' || setting === null)
    throw new InputInvalid(`parameter ${parameter}: expected ${FORM}`);
  const { mode, until, reason }: Record<string, unknown> = { ...setting };
  if (!isMode(mode)) throw new InputInvalid(`parameter ${parameter}: mode: expected one of ${MODES.join(', ')}`);
  const end = typeof until === 'string' && MOMENT.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(end))
    throw new InputInvalid(`parameter ${parameter}: until: expected a moment such as 2026-01-31T12:00:00Z`);
  if (typeof reason !== 'string' || reason === '')
    throw new InputInvalid(`parameter ${parameter}: reason: expected a text`);
  return { mode, until: end };
}

async function read(ssm: Pick<SSMClient, 'send'>, parameter: string): Promise<Setting | undefined> {
  try {
    const answer = await call('GetParameter', ssm.send(new GetParameterCommand({ Name: parameter })));
    return readSetting(parameter, answer.Parameter?.Value ?? '');
  } catch (error) {
    if (error instanceof CallFailed && error.code === 'ParameterNotFound') return undefined;
    throw error;
  }
}

/**
 * The runtime switch in an SSM parameter, read at most every 15 s. Not set, or past its `until`: everything is allowed.
 * `ceiling` throws CallFailed, and InputInvalid for a value that is not a switch: it is never guessed at.
 */
export function runtimeSwitch(ssm: Pick<SSMClient, 'send'>, parameter: string, clock: Pick<Clock, 'now'>): Switch {
  let known: { readonly setting: Setting | undefined; readonly at: number } | undefined;
  return {
    async ceiling() {
      const now = clock.now();
      if (!known || now - known.at > FRESH_MS) known = { setting: await read(ssm, parameter), at: now };
      return known.setting && clock.now() < known.setting.until ? known.setting.mode : 'enforce';
    },
  };
}
