import fc from 'fast-check';
import type { Group, Rule } from '../../../shared/domain/group.ts';
import type { Interface } from './account.ts';
import { eni, group, OLD, r, violating } from './world.ts';

const OTHERS = ['sg-0000000000000000a', 'sg-0000000000000000b', 'sg-0000000000000000c', 'sg-0000000000000000d'];

/** Any VPC: what is in it, as the tests of the migration put it together. */
export interface RandomVpc {
  readonly groups: readonly Group[];
  readonly interfaces: readonly Interface[];
}

const source = fc.oneof(
  fc.constantFrom('10.0.0.0/16', '10.1.2.0/24', '192.168.0.7/32'),
  fc.constantFrom(OLD, OLD, ...OTHERS),
);

const text = fc
  .tuple(
    fc.constantFrom('ingress', 'ingress', 'egress'),
    fc.oneof(
      fc.constant('-1 -1'),
      fc
        .tuple(fc.constantFrom('tcp', 'udp'), fc.constantFrom('80', '443', '5432', '8000-8100'))
        .map((two) => two.join(' ')),
      fc.constant('icmp 8'),
    ),
    source,
  )
  .map((parts) => parts.join(' '));

function rulesOf(groupId: string): fc.Arbitrary<readonly Rule[]> {
  return fc
    .tuple(fc.uniqueArray(text, { maxLength: 6 }), fc.boolean())
    .map(([texts, isBad]) => [
      ...texts.map((one) => r(groupId, one)),
      ...(isBad && groupId === OLD ? [violating(groupId)] : []),
    ]);
}

const groupIds = fc
  .tuple(fc.boolean(), fc.subarray(OTHERS))
  .map(([isOld, others]) => (isOld || others.length === 0 ? [OLD, ...others] : others));

/**
 * A default group with rules, four others, references and self-references in either direction, interfaces in
 * one to five groups.
 */
export const randomVpc: fc.Arbitrary<RandomVpc> = fc
  .tuple(fc.tuple(...[OLD, ...OTHERS].map(rulesOf)), fc.array(groupIds, { minLength: 1, maxLength: 6 }))
  .filter(([rules]) => (rules[0]?.length ?? 0) > 0)
  .map(([rules, under]) => ({
    groups: [OLD, ...OTHERS].map((id, index) => group(id, rules[index] ?? [])),
    interfaces: under.map((ids, index) => eni(index + 1, ids)),
  }));
