import type { GroupIdentity, PortRange, Rule, RuleContent } from '../domain/group.ts';
import { sourceText } from './rule-key.ts';

/** `22, 5900-5906` */
export function formatPorts(ports: readonly PortRange[]): string {
  return ports.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** A share of the address space in percent, never rounded up to the whole and never down to nothing. */
export function formatShare(share: number): string {
  if (share >= 0.1) return `${Math.floor(share * 100)} %`;
  return `${Math.max(0.001, Math.floor(share * 100_000) / 1000)} %`;
}

/** `all traffic`, `tcp 22`, `icmp type 8 code 0` */
export function formatTraffic({
  protocol,
  fromPort = -1,
  toPort = fromPort,
}: Pick<RuleContent, 'protocol' | 'fromPort' | 'toPort'>): string {
  if (protocol === '-1') return 'all traffic';
  const all = fromPort === -1 && toPort === -1;
  if (protocol === 'tcp' || protocol === 'udp')
    return `${protocol} ${all ? 'all ports' : formatPorts([{ from: fromPort, to: toPort }])}`;
  if (protocol.startsWith('icmp')) return all ? protocol : `${protocol} type ${fromPort} code ${toPort}`;
  return `protocol ${protocol}`;
}

const CONTENT = /^(ingress|egress) (\S+) (-?\d+) (-?\d+) (\S+)$/;

/** The content of a rule, as `contentKey` writes it, for people: `ingress all traffic from 0.0.0.0/0`. Other texts stay as they are. */
export function formatContent(content: string): string {
  const [, direction, protocol, fromPort, toPort, source] = CONTENT.exec(content) ?? [];
  if (direction === undefined || protocol === undefined) return content;
  const traffic = formatTraffic({ protocol, fromPort: Number(fromPort), toPort: Number(toPort) });
  return `${direction} ${traffic} ${direction === 'ingress' ? 'from' : 'to'} ${source}`;
}

/**
 * Text by a stranger (names, descriptions) made safe to print and to send: no control characters, no bidirectional marks, one line, and
 * no code points that are no characters: for one U+FFFF among its words a queue refuses the whole message.
 *
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (MessageBody)
 */
export function sanitize(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]+/gu, ' ').trim();
}

/** `sgr-0… ingress tcp 22 from 0.0.0.0/0 "for the vendor"` */
export function formatRule(rule: Rule): string {
  return [
    rule.id ?? '',
    rule.direction,
    formatTraffic(rule),
    rule.direction === 'ingress' ? 'from' : 'to',
    sourceText(rule.source),
    rule.description ? `"${sanitize(rule.description)}"` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** A group as people know it: `web (sg-0…)`, or its id where it has no name. */
export function formatGroup({ id, name }: Pick<GroupIdentity, 'id' | 'name'>): string {
  const known = sanitize(name);
  return known === '' ? id : `${known} (${id})`;
}

/** Text by a stranger, safe to print, in at most so many UTF-16 units; what was cut shows as an ellipsis. */
export function truncate(text: string, most: number): string {
  const safe = sanitize(text.toWellFormed());
  return safe.length <= most ? safe : `${safe.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A time, ms since the epoch, in ISO 8601 to the minute: `2026-01-02T03:04Z`. */
export function formatMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}
