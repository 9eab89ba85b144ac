import type { CallRecord } from '../../infra/local/server/call-record.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { ALL_PORTS } from '../../shared/network/ports.ts';
import { formatExposures } from '../../shared/network/text/format-exposure.ts';
import type { Paint } from '../../shared/reports/paint.ts';
import type { Played } from './narrate.ts';

const openness = (rules: readonly Rule[], { world }: Policy): string =>
  exposureOf(rules, new Set(), world)
    .openings({
      direction: 'ingress',
      traffic: { only: { tcp: [ALL_PORTS], udp: [ALL_PORTS] } },
      allowed: 0,
      order: 'largest-source',
    })
    .map(({ exposures, rules: opening }) => formatExposures(exposures, opening))
    .join('; ') || 'closed to the world';

/** Every group, how many rules it has before and after, and what the world reaches in it. */
export const exposureTable = (
  before: ReadonlyMap<string, readonly Rule[]>,
  after: ReadonlyMap<string, readonly Rule[]>,
  policy: Policy,
  paint: Paint,
): string => {
  const rows = [...after].map(([name, rules]) => {
    const counts = `${String(before.get(name)?.length ?? '-').padStart(3)} → ${String(rules.length).padEnd(3)}`;
    return `  ${name.padEnd(36)} ${counts} ${openness(rules, policy)}`;
  });
  return [paint('strong', 'Groups: rules before → after, and what the world reaches now'), ...rows, ''].join('\n');
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** How many rules were closed and left, how many alerts went out, and how long it took. */
export const tally = (results: readonly Played[], calls: readonly CallRecord[], paint: Paint): string => {
  const closed = results.flatMap((result) => result.closed);
  const left = results.reduce((sum, result) => sum + result.left.length, 0);
  const alerts = results.reduce((sum, result) => sum + result.messages.length, 0);
  const revokes = calls.filter(({ operation }) => operation.startsWith('RevokeSecurityGroup')).length;
  return paint(
    'strong',
    `${closed.length} rules closed in ${revokes} calls (median ${Math.round(median(closed.map(({ ms }) => ms)))} ms after the change), ` +
      `${left} new rules left alone, ${alerts} alerts.`,
  );
};
