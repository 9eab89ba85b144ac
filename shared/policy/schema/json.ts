import { z } from 'zod';
import type { ControlShape } from './control-shape.ts';
import { policySchema } from './schema.ts';

/** The JSON Schema of `portcullis.yaml`, for editors. */
export const jsonSchema = (controls: readonly ControlShape[]) => ({
  ...z.toJSONSchema(policySchema(controls), { io: 'input' }),
  title: 'Portcullis policy',
});

/** Text of `portcullis.schema.json`. */
export const jsonSchemaText = (controls: readonly ControlShape[]): string =>
  `${JSON.stringify(jsonSchema(controls), undefined, 2)}\n`;
