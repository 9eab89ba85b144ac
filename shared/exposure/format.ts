import type { Exposure } from '../model/finding.ts';
import type { PortRange, Rule, RuleContent } from '../model/rule.ts';
import { sourceText } from './rule-key.ts';

/** `22, 5900-5906` */
export const formatPorts = (ports: readonly PortRange[]): string =>
  ports.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');

/** A share of the address space in percent, never rounded up to the whole and never down to nothing. */
export const formatShare = (share: number): string => {
  if (share >= 0.1) return `${Math.floor(share * 100)} %`;
  return `${Math.max(0.001, Math.floor(share * 100_000) / 1000)} %`;
};

/** `tcp 22 is open to 100 % of the internet` */
export const formatExposures = (exposures: readonly Exposure[]): string =>
  exposures
    .map(
      ({ protocol, ports, share }) =>
        `${protocol} ${formatPorts(ports)} is open to ${formatShare(share)} of the internet`,
    )
    .join('; ');

/** `all traffic`, `tcp 22`, `icmp type 8 code 0` */
export const formatTraffic = ({ protocol, fromPort = -1, toPort = fromPort }: RuleContent): string => {
  if (protocol === '-1') return 'all traffic';
  const all = fromPort === -1 && toPort === -1;
  if (protocol === 'tcp' || protocol === 'udp')
    return `${protocol} ${all ? 'all ports' : formatPorts([{ from: fromPort, to: toPort }])}`;
  if (protocol.startsWith('icmp')) return all ? protocol : `${protocol} type ${fromPort} code ${toPort}`;
  return `protocol ${protocol}`;
};

/**
 * Text by a stranger (names, descriptions) made safe to print and to send: no control characters, no bidirectional marks, one line, and
 * no code points that are no characters: for one U+FFFF among its words a queue refuses the whole message.
 *
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (MessageBody)
 */
export const plain = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]+/gu, ' ').trim();

/** `sgr-0… ingress tcp 22 from 0.0.0.0/0 "for the vendor"` */
export const formatRule = (rule: Rule): string =>
  [
    rule.id ?? '',
    rule.direction,
    formatTraffic(rule),
    rule.direction === 'ingress' ? 'from' : 'to',
    sourceText(rule.source),
    rule.description ? `"${plain(rule.description)}"` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
