import type { RuleContent, Source } from '../domain/rule.ts';

/** A source as one word: its CIDR, `pl-…` or `sg-…`. */
export const sourceText = (source: Source): string => {
  switch (source.kind) {
    case 'ipv4':
    case 'ipv6':
      return source.cidr;
    case 'prefix-list':
      return source.id;
    case 'group':
      return source.groupId;
    default:
      return source satisfies never;
  }
};

/** What a rule lets through, as one string: direction, protocol, ports and source. Description and tags do not count. */
export const contentKey = ({ direction, protocol, fromPort = -1, toPort = -1, source }: RuleContent): string =>
  `${direction} ${protocol} ${fromPort} ${toPort} ${sourceText(source)}`;

/** Identity of a rule for the ledger: its id together with its content, since an id survives a change of content. */
export const ruleKey = (rule: RuleContent & { readonly id?: string }): string => `${rule.id ?? ''} ${contentKey(rule)}`;
