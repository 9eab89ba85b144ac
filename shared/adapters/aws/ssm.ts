import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { LONGEST_SWITCH_MS, type SwitchSetting } from '../../domain/command.ts';
import { MODES, type Mode } from '../../domain/control-options.ts';
import { CallFailed, InputInvalid, RemediatorError } from '../../domain/errors.ts';
import type { CellLogEntry, RuntimeSwitch } from '../../domain/ports.ts';
import type { Clock } from '../../domain/runtime.ts';
import { call } from './call.ts';
import type { ClientSettings } from './clients/settings.ts';

/** A client for the parameter of the runtime switch. */
export function switchClient(settings: ClientSettings): SSMClient {
  return new SSMClient(settings);
}

/** How long a value is cached, ms. */
const FRESH_MS = 15_000;

/** How far the clock of the machine that set the switch may be off, ms. */
const CLOCK_ERROR_MS = 300_000;

/** The switch as it was set: it limits all modes to `mode` until `until` (ms since the epoch). */
interface CachedSwitch {
  readonly mode: Mode;
  readonly until: number;
}

const FORM = `{"mode": "${MODES.join('" | "')}", "until": "2026-01-31T12:00:00Z", "reason": "…"}`;

function isMode(value: unknown): value is Mode {
  return MODES.some((mode) => mode === value);
}

/**
 * A time with its time zone. A date alone or a local time would end at another hour than its author expects.
 */
const TIME_WITH_ZONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function parseJson(parameter: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new InputInvalid(`parameter ${parameter}: not JSON, expected ${FORM}`, { cause: error });
  }
}

/**
 * When the switch ends, ms since the epoch. More than 12 hours are invalid. They count from the time at which
 * the switch was set. If they counted from now, a switch for a day would be invalid for 12 hours and then
 * hold for 12.
 */
function endOf(parameter: string, until: unknown, setAt: number): number {
  const end = typeof until === 'string' && TIME_WITH_ZONE.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(end))
    throw new InputInvalid(`parameter ${parameter}: until: expected a time such as 2026-01-31T12:00:00Z`);
  if (end - setAt > LONGEST_SWITCH_MS + CLOCK_ERROR_MS)
    throw new InputInvalid(
      `parameter ${parameter}: until: expected a time at most 12 hours after the switch was set, ${new Date(setAt).toISOString()}`,
    );
  return end;
}

/** @param setAt when the parameter was written, milliseconds since the epoch. */
function readSetting(parameter: string, value: string, setAt: number): CachedSwitch {
  const setting = parseJson(parameter, value);
  if (typeof setting !== 'object' || setting === null)
    throw new InputInvalid(`parameter ${parameter}: expected ${FORM}`);
  const { mode, until, reason }: Record<string, unknown> = { ...setting };
  if (!isMode(mode)) throw new InputInvalid(`parameter ${parameter}: mode: expected one of ${MODES.join(', ')}`);
  const end = endOf(parameter, until, setAt);
  if (typeof reason !== 'string' || reason === '')
    throw new InputInvalid(`parameter ${parameter}: reason: expected a text`);
  return { mode, until: end };
}

/**
 * Reads the switch; undefined if none is set. A SecureString is decrypted; SSM ignores that option for other
 * types.
 */
async function readSwitch(
  ssm: Pick<SSMClient, 'send'>,
  parameter: string,
  now: number,
): Promise<CachedSwitch | undefined> {
  try {
    const command = new GetParameterCommand({ Name: parameter, WithDecryption: true });
    const { Parameter } = await call('GetParameter', ssm.send(command));
    return readSetting(parameter, Parameter?.Value ?? '', Parameter?.LastModifiedDate?.getTime() ?? now);
  } catch (error) {
    if (error instanceof CallFailed && error.code === 'ParameterNotFound') return undefined;
    throw error;
  }
}

/** The clock, and the log for values that cannot be read. */
interface SwitchOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly journal: (entry: CellLogEntry) => void;
}

/**
 * The runtime switch in an SSM parameter, read at most every 15 s. Every mode is allowed if no switch is set
 * or it has expired.
 *
 * `ceiling` never fails. If the parameter cannot be read or is invalid, the last good value holds until its
 * own end, and after that every mode is allowed. Each failure goes to the log, which raises an alarm. This is
 * the one exception to "what cannot be read is never guessed": otherwise anyone who can break the parameter,
 * or its key, could stop all closing.
 */
export function runtimeSwitch(
  ssm: Pick<SSMClient, 'send'>,
  parameter: string,
  { clock, journal }: SwitchOptions,
): RuntimeSwitch {
  let known: CachedSwitch | undefined;
  let readAt: number | undefined;
  const modeNow = (): Mode => (known !== undefined && clock.now() < known.until ? known.mode : 'enforce');
  return {
    async ceiling() {
      const now = clock.now();
      if (readAt !== undefined && now - readAt <= FRESH_MS) return modeNow();
      try {
        known = await readSwitch(ssm, parameter, now);
        readAt = now;
      } catch (fault) {
        if (!(fault instanceof RemediatorError)) throw fault;
        journal({ what: 'switch-unread', fault, instead: modeNow() });
      }
      return modeNow();
    },
  };
}

/**
 * Overwrites the parameter of the switch in the format that the functions read. The switch ends at `until`.
 *
 * @param now ms since the epoch.
 * @throws InputInvalid if the switch would run for more than 12 hours or has no reason; CallFailed.
 */
export async function writeSwitch(
  ssm: Pick<SSMClient, 'send'>,
  parameter: string,
  { mode, until, reason }: SwitchSetting,
  now: number,
): Promise<void> {
  if (until - now > LONGEST_SWITCH_MS) throw new InputInvalid('the runtime switch is set for at most 12 hours');
  if (reason.trim() === '') throw new InputInvalid('the runtime switch needs a reason');
  const Value = JSON.stringify({ mode, until: new Date(until).toISOString(), reason });
  const command = new PutParameterCommand({ Name: parameter, Value, Type: 'String', Overwrite: true });
  await call('PutParameter', ssm.send(command));
}
