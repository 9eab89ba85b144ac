import { ENVIRONMENT, type Setting } from '../../shared/catalogue/settings.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { Environment } from '../../shared/domain/ports.ts';

/**
 * A setting of the cell from the function's environment.
 *
 * @throws InputInvalid naming the variable that is not set.
 */
export const setting = (environment: Environment, name: Setting): string => {
  const variable = ENVIRONMENT[name];
  const value = environment[variable];
  if (value === undefined || value === '') throw new InputInvalid(`environment: ${variable} is not set`);
  return value;
};

/** A setting that may be left out; undefined if it is. */
export const optionalSetting = (environment: Environment, name: Setting): string | undefined =>
  environment[ENVIRONMENT[name]] || undefined;
