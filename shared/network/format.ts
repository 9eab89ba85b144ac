import type { GroupIdentity, PortRange, Rule, RuleContent } from '../domain/group.ts';
import { sourceText } from './rule-key.ts';

/** `22, 5900-5906` */
export function formatPorts(ports: readonly PortRange[]): string {
  return ports.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** A share of the address space in percent, rounded down, at least 0.001 %. */
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

/**
 * The content of a rule, as `contentKey` writes it, for people: `ingress tcp 22 from 0.0.0.0/0`. Other texts
 * are unchanged.
 */
export function formatContent(content: string): string {
  const [, direction, protocol, fromPort, toPort, source] = CONTENT.exec(content) ?? [];
  if (direction === undefined || protocol === undefined) return content;
  const traffic = formatTraffic({ protocol, fromPort: Number(fromPort), toPort: Number(toPort) });
  return `${direction} ${traffic} ${direction === 'ingress' ? 'from' : 'to'} ${source}`;
}

/**
 * Makes untrusted text (names, descriptions) safe to print and to send. Removes control characters,
 * bidirectional marks, line breaks and noncharacters. SQS rejects a whole message that contains one U+FFFF.
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

/** Name and id of a group: `web (sg-0…)`. The id alone if the group has no name. */
export function formatGroup({ id, name }: Pick<GroupIdentity, 'id' | 'name'>): string {
  const known = sanitize(name);
  return known === '' ? id : `${known} (${id})`;
}

/** Untrusted text, safe to print, cut to at most `most` UTF-16 units. An ellipsis marks the cut. */
export function truncate(text: string, most: number): string {
  const safe = sanitize(text.toWellFormed());
  return safe.length <= most ? safe : `${safe.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A time (milliseconds since the epoch) in ISO 8601 to the minute: `2026-01-02T03:04Z`. */
export function formatMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}
