import { InputInvalid } from '../../shared/domain/errors.ts';

const FORM = /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?$/;

const HOUR_MS = 3_600_000;

const MINUTE_MS = 60_000;

/**
 * A time such as `2h`, `45m` or `1h30m`, ms; at least a minute.
 *
 * @throws InputInvalid where it is none, or longer than `longest` (ms, whole hours), naming the option.
 */
export const durationFrom = (given: string, option: string, longest: number): number => {
  const [, hours = '0', minutes = '0'] = FORM.exec(given.trim()) ?? [];
  const ms = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  if (ms >= MINUTE_MS && ms <= longest) return ms;
  throw new InputInvalid(
    `--${option} ${JSON.stringify(given)}: expected a time such as 2h, 45m or 1h30m, at most ${longest / HOUR_MS}h`,
  );
};
