import type { Direction, RuleContent } from '../../domain/rule.ts';
import { readPermission } from '../describe/permission.ts';
import { hasPorts } from '../describe/protocol.ts';
import { type Fields, field, isFields, listField } from '../fields.ts';
import { readable } from '../requests/note.ts';
import { readFlatRule } from './flat-rule.ts';

/** As EC2 will state it: for protocols without ports the request's (none, or 0 and 0) are ignored, and -1 is stated. */
export const asStated = (content: RuleContent): RuleContent =>
  hasPorts(content.protocol) ? content : { ...content, fromPort: -1, toPort: -1 };

/** Rules in the response, one for each source; a revoke names the list otherwise. Absent before mid-2021. */
export const responseRules = (response: Fields): readonly Fields[] =>
  ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet'].flatMap((name) => listField(response, name).filter(isFields));

/** What the response says was added or removed. */
export const responseContents = (response: Fields, direction: Direction): readonly RuleContent[] =>
  responseRules(response).flatMap((rule) => readable(() => asStated(readFlatRule(rule, '', direction))));

/**
 * What the request asks for, in the items form or the flat form. The flat form carries an empty `ipPermissions` too, so it is told
 * by the protocol in the request itself.
 */
export const requestContents = (request: Fields, direction: Direction): readonly RuleContent[] => {
  const items = listField(request, 'ipPermissions').flatMap((item) => readPermission(item, { direction }, '', []));
  const isFlat = items.length === 0 && field(request, 'ipProtocol') !== undefined;
  return (isFlat ? readable(() => readFlatRule(request, '', direction)) : items).map(asStated);
};
