import type { Change } from '../../domain/change.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import type { Trusted } from '../../domain/controls/policy.ts';
import type { Rule } from '../../domain/rule.ts';
import { cidrsOf } from '../../network/block.ts';
import { BITS, familyOf, parseCidr } from '../../network/cidr.ts';
import { publicAddresses } from '../../network/exposure/public-space.ts';
import { readIpv4, readIpv6 } from '../../network/ip.ts';
import { cidrSource, holds, type Sources } from './narrow-sources.ts';

/** Whether the event names the rule as this actor's own. A rule that an earlier try left over counts as fresh, and is somebody else's. */
const isBrought = ({ id }: Rule, reasons: readonly Finding[], { brought }: Pick<Change, 'brought'>): boolean =>
  reasons.every(({ freshness }) => freshness === 'fresh') &&
  brought.kind === 'rules' &&
  id !== undefined &&
  brought.ids.includes(id);

/** The address as a block of one; undefined where the text is no address. */
const alone = (address: string): string | undefined => {
  const isAddress = readIpv4(address) !== undefined || readIpv6(address) !== undefined;
  return isAddress ? `${address}/${BITS[familyOf(address)]}` : undefined;
};

const isPublic = (cidr: string): boolean => publicAddresses([parseCidr(cidr)], familyOf(cidr)) === 1n;

const objection = (cidr: string, rule: Rule, { cidrs, anyActor }: Trusted): string | undefined => {
  if (!isPublic(cidr)) return `the change came from ${cidr}, which is no public address`;
  if (!cidrsOf(rule.source).some((block) => holds(block, cidr)))
    return `the change came from ${cidr}, which the rule did not let in`;
  if (!anyActor && !cidrs.some((block) => holds(block, cidr)))
    return `the change came from ${cidr}, which is not among the policy's trusted sources (trusted.cidrs)`;
  return undefined;
};

const none = (reason: string): Sources => ({ sources: [], reason });

/**
 * The one address that the change came from: a public one within the trusted blocks, unless the policy trusts any. Never for a rule that
 * this actor did not bring, else whoever touches a group would be let in by what was there before.
 */
export const actorSources = (
  rule: Rule,
  reasons: readonly Finding[],
  change: Pick<Change, 'actor' | 'brought'>,
  trusted: Trusted,
): Sources => {
  if (rule.direction === 'egress')
    return none('it is outbound: the address of who made it says nothing of where it leads');
  if (!isBrought(rule, reasons, change)) return none('the event does not name it as brought by who made the change');
  const cidr = alone(change.actor?.sourceIp ?? '');
  if (cidr === undefined) return none('the event does not tell the address that the change came from');
  const reason = objection(cidr, rule, trusted);
  return reason === undefined ? { sources: [cidrSource(cidr)], reason: '' } : none(reason);
};
