import { asFields, type Fields, field, lowerKeys } from '../fields.ts';
import { partOf, type TrailRecord } from './record.ts';

/**
 * A part of EC2's newer calls, which stands in a wrapper named for the call (`ModifySecurityGroupRulesRequest`) and is spelled in
 * capitals; without the wrapper where there is none. Keys are given in lower case, one level deep: no public record confirms the
 * spelling of every call.
 */
export const wrappedPart = (
  record: TrailRecord,
  name: 'requestParameters' | 'responseElements',
  wrapper: string,
): Fields => {
  const part = lowerKeys(partOf(record, name));
  const wrapped = asFields(field(part, wrapper.toLowerCase()));
  return wrapped === undefined ? part : lowerKeys(wrapped);
};
