import type { RuleContent } from '../model/rule.ts';
import { parseCidr } from './cidr.ts';
import { contentKey } from './rule-key.ts';

/**
 * A rule as EC2 would state it: host bits masked, no ports for protocol -1, both ends of the range given.
 * Requests in events are as their caller wrote them; only in this form can they be compared with what EC2 describes.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export const canonicalKey = (rule: RuleContent): string => {
  const { source, protocol } = rule;
  const ports = protocol === '-1' ? { fromPort: -1, toPort: -1 } : {};
  if (source.kind !== 'ipv4' && source.kind !== 'ipv6') return contentKey({ ...rule, ...ports });
  const { family, first, prefix } = parseCidr(source.cidr);
  return contentKey({ ...rule, ...ports, source: { kind: family, cidr: `${first.toString(16)}/${prefix}` } });
};
