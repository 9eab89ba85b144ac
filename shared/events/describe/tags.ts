import type { Tags } from '../../domain/rule.ts';
import { asFields, asList, asText, field } from '../fields.ts';

/** Tags from a list of `{Key, Value}`; entries that are none are left out. */
export const readTags = (value: unknown): Tags =>
  Object.fromEntries(
    (asList(value) ?? []).flatMap((element) => {
      const fields = asFields(element);
      const key = fields === undefined ? undefined : asText(field(fields, 'key'));
      const text = fields === undefined ? undefined : field(fields, 'value');
      return key === undefined ? [] : [[key, typeof text === 'string' ? text : '']];
    }),
  );
