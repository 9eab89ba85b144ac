import { sourceText } from '../exposure/rule-key.ts';
import type { Decision } from '../model/decision.ts';
import type { RuleContent } from '../model/rule.ts';
import { namedPort } from './port-names.ts';

/** Kinds of traffic that a headline names before the rest is counted. */
const MOST = 3;

const trafficOf = ({ protocol, fromPort = -1, toPort = fromPort }: RuleContent): string => {
  if (protocol === '-1') return 'all traffic';
  if (protocol !== 'tcp' && protocol !== 'udp') return /^\d+$/.test(protocol) ? `protocol ${protocol}` : protocol;
  if (fromPort === -1) return `${protocol}, all ports`;
  return `${protocol}/${fromPort === toPort ? namedPort(fromPort) : `${fromPort}-${toPort}`}`;
};

const few = (all: readonly string[]): string => {
  const more = all.length > MOST ? ` and ${all.length - MOST} more` : '';
  return all.slice(0, MOST).join(', ') + more;
};

const isWorld = (sources: readonly string[], because: Decision['because']): boolean =>
  because.some(({ exposures }) => exposures.length > 0) || sources.some((one) => one === '0.0.0.0/0' || one === '::/0');

const peerOf = (rules: readonly RuleContent[], because: Decision['because']): string => {
  const sources = [...new Set(rules.map(({ source }) => sourceText(source)))];
  if (isWorld(sources, because)) return 'the world';
  return sources.length === 1 ? sources.join('') : `${sources.length} sources`;
};

/** What rules let through, for a headline: `tcp/22 (SSH) from the world`. */
export const openingText = (rules: readonly RuleContent[], because: Decision['because']): string => {
  const traffic = few([...new Set(rules.map(trafficOf))]);
  const preposition = rules.every(({ direction }) => direction === 'egress') ? 'to' : 'from';
  return `${traffic} ${preposition} ${peerOf(rules, because)}`;
};
