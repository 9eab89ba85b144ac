import { InputInvalid } from '../../domain/errors.ts';
import type { RuleContent, Source } from '../../domain/rule.ts';
import { familyOf } from '../../network/cidr.ts';
import { canonicalCidr } from '../canonical-cidr.ts';

const FORM = /^(?:(ingress|egress) +)?(\S.*?) +(from|to) +(\S+)$/;

/** Protocols that EC2 names in place of their numbers. */
const NAMED: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

type Traffic = Pick<RuleContent, 'protocol' | 'fromPort' | 'toPort'>;

const whole = (protocol: string): Traffic => ({ protocol, fromPort: -1, toPort: -1 });

const ported = (protocol: string, first: string, last: string): Traffic | undefined => {
  const [fromPort, toPort] = [Number(first), Number(last)];
  return fromPort <= toPort && toPort <= 65_535 ? { protocol, fromPort, toPort } : undefined;
};

/** How traffic is written, and what each form means. */
const TRAFFIC: readonly (readonly [form: RegExp, read: (parts: readonly string[]) => Traffic | undefined])[] = [
  [/^all traffic$/, () => whole('-1')],
  [/^(tcp|udp) all ports$/, ([protocol = '']) => ({ protocol, fromPort: 0, toPort: 65_535 })],
  [/^(tcp|udp) (\d{1,5})$/, ([protocol = '', port = '']) => ported(protocol, port, port)],
  [/^(tcp|udp) (\d{1,5})-(\d{1,5})$/, ([protocol = '', first = '', last = '']) => ported(protocol, first, last)],
  [/^(icmp|icmpv6)$/, ([protocol = '']) => whole(protocol)],
  [
    /^(icmp|icmpv6) type (\d{1,3}) code (-1|\d{1,3})$/,
    ([protocol = '', type, code]) => ({ protocol, fromPort: Number(type), toPort: Number(code) }),
  ],
  [
    /^protocol (\d{1,3})$/,
    ([number = '']) => (Number(number) > 255 || number in NAMED ? undefined : whole(String(Number(number)))),
  ],
];

const trafficOf = (text: string): Traffic | undefined => {
  for (const [form, read] of TRAFFIC) {
    const match = form.exec(text);
    if (match !== null) return read(match.slice(1));
  }
  return undefined;
};

const sourceOf = (text: string): Source | undefined => {
  if (/^sg-[0-9a-f]{8,17}$/.test(text)) return { kind: 'group', groupId: text };
  if (/^pl-[0-9a-f]{8,17}$/.test(text)) return { kind: 'prefix-list', id: text };
  try {
    return { kind: familyOf(text), cidr: canonicalCidr(text) };
  } catch (error) {
    if (error instanceof InputInvalid) return undefined;
    throw error;
  }
};

/**
 * A rule as people write it, which is as reports print it: `tcp 22 from 203.0.113.0/24`, `udp 5000-5100 from pl-…`, `all traffic to
 * 0.0.0.0/0`, `icmp from sg-…`, `protocol 47 from 10.0.0.0/8`; `from` is inbound, `to` outbound. As EC2 states it: without host bits.
 * Undefined where the text is no rule.
 */
export const readRule = (text: string): RuleContent | undefined => {
  const [, said, traffic = '', word, address = ''] = FORM.exec(text.trim()) ?? [];
  const direction = word === 'to' ? 'egress' : 'ingress';
  const what = trafficOf(traffic.replaceAll(/ +/g, ' '));
  const source = sourceOf(address);
  if (what === undefined || source === undefined || (said !== undefined && said !== direction)) return undefined;
  return { direction, ...what, source };
};
