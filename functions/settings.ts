import { ENVIRONMENT, type Setting } from '../shared/catalogue/settings.ts';
import { InputInvalid } from '../shared/model/errors.ts';

/**
 * A setting of the cell from the function's environment.
 *
 * @throws InputInvalid naming the variable that is not set.
 */
export const setting = (name: Setting): string => {
  const variable = ENVIRONMENT[name];
  const value = process.env[variable];
  if (value === undefined || value === '') throw new InputInvalid(`environment: ${variable} is not set`);
  return value;
};

/** A setting that may be left out; undefined where it is. */
export const optionalSetting = (name: Setting): string | undefined => process.env[ENVIRONMENT[name]] || undefined;
