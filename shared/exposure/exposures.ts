import type { Exposure } from '../model/finding.ts';
import type { Judge } from './judge.ts';
import { joinRanges, PORT_PROTOCOLS } from './ports.ts';
import type { Segment } from './segments.ts';

/** Open segments as exposures: ports joined by protocol, with the widest share among them. */
export const exposuresOf = (open: readonly Segment[], judge: Judge): readonly Exposure[] =>
  PORT_PROTOCOLS.flatMap((protocol) => {
    const segments = open.filter((segment) => segment.protocol === protocol);
    if (segments.length === 0) return [];
    const share = Math.max(...segments.map(({ reaches }) => judge.shareOf(reaches)));
    return [{ protocol, ports: joinRanges(segments.map(({ ports }) => ports)), share }];
  });
