import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';

/** The SDK's schemas of one operation's input and output. */
export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** Static schemas are tuples that open with their kind; 9 is an operation. */
function isOperation(value: unknown): value is StaticOperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

/** Whether the service that an SDK client package is for has an operation of this name. */
export function hasOperation(sdk: object, name: string): boolean {
  return isOperation(Reflect.get(sdk, `${name}$`));
}

/** The schema that an SDK client package exports for an operation as `<name>$`. Throws RangeError where it exports none. */
export function operationSchema(sdk: object, name: string): OperationSchema {
  const schema: unknown = Reflect.get(sdk, `${name}$`);
  if (!isOperation(schema)) throw new RangeError(`The SDK's client package exports no operation schema ${name}$`);
  return { name, input: NormalizedSchema.of(schema[4]), output: NormalizedSchema.of(schema[5]) };
}
