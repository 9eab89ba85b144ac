import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../../shared/controls/registry.ts';
import type { Facts, Peer } from '../../../shared/model/facts.ts';
import { MODES } from '../../../shared/model/mode.ts';
import type { Policy } from '../../../shared/model/policy.ts';
import { decide } from '../../../shared/pipeline/decide.ts';
import { courtOf } from '../../../shared/pipeline/sweep/court.ts';
import { GUARD, rule } from '../cell.ts';
import { groupNo } from './world.ts';

const PEERS = ['sg-0aaaaaaaaaaaaaaaa', 'sg-0bbbbbbbbbbbbbbbb'] as const;

const TIERS = {
  tag: 'tier',
  layers: { app: { from: [{ kind: 'layer', name: 'web' }], within: false } },
  everywhere: [],
};

const policies = fc
  .record({
    modes: fc.array(fc.constantFrom(...MODES), { minLength: CONTROLS.length, maxLength: CONTROLS.length }),
    ceiling: fc.constantFrom('observe', 'approve', 'enforce' as const),
    remedy: fc.constantFrom('revoke', 'migrate' as const),
  })
  .map(
    ({ modes, ceiling, remedy }): Policy => ({
      ...GUARD,
      ceiling,
      controls: Object.fromEntries(
        CONTROLS.map(({ id, defaults }, index) => [
          id,
          {
            ...defaults,
            existing: modes[index] ?? 'off',
            ...(id === 'tier-source' && { tiers: TIERS }),
            ...(id === 'default-group-rules' && { remedy }),
          },
        ]),
      ),
    }),
  );

const rules = fc.array(
  fc
    .tuple(
      fc.constantFrom(22, 443, 5432, 9999),
      fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.20.0.0/16', '203.0.113.7/32', ...PEERS),
    )
    .map(([port, source]) => rule('tcp', port, source)),
  { maxLength: 4 },
);

const groups = fc
  .record({
    rules,
    name: fc.constantFrom('default', 'web', 'launch-wizard-7', 'AWS-managed'),
    tier: fc.constantFrom('app', 'web', 'none'),
  })
  .map((one) => groupNo(1, one.rules, { name: one.name, tags: { tier: one.tier } }));

const peers = fc.constantFrom<Peer>(
  'gone',
  'foreign',
  { id: PEERS[0], tags: { tier: 'web' } },
  { id: PEERS[0], tags: {} },
);

const facts = fc.record({
  attachments: fc
    .array(fc.constantFrom('ec2', 'rds', 'elb', 'other' as const), { maxLength: 60 })
    .map((owners) =>
      owners.map((owner, index) => ({ interfaceId: `eni-${index}`, description: '', type: 'interface', owner })),
    ),
  peers: fc.tuple(peers, peers).map(([a, b]) => new Map([[PEERS[0], a] as const, [PEERS[1], b] as const])),
  referencedBy: fc.array(fc.constant({ kind: 'group', id: PEERS[1] } as const), { maxLength: 1 }),
  vpcCidrs: fc.constantFrom(['10.20.0.0/16'], []),
  twins: fc.constantFrom(['sg-2'], []),
  reachability: fc.constantFrom('internet', 'unattached' as const),
});

const OCCASION = { trigger: 'sweep', brought: { kind: 'unknown' } } as const;

describe('the court of a sweep', () => {
  it('misses nothing that a look with any facts would close, ask or tell', () => {
    let loud = 0;
    fc.assert(
      fc.property(
        policies,
        groups,
        facts,
        fc.constantFrom(...MODES),
        (policy, group, known: Partial<Facts>, ceiling) => {
          const verdict = courtOf(policy, OCCASION, ceiling)(group);
          const looked = decide({ group, facts: known }, OCCASION, policy, ceiling);
          const isLoud = looked.some(({ mode }) => mode !== 'off' && mode !== 'observe');
          const isClosing = looked.some(({ mode, rules: named }) => mode === 'enforce' && named.length > 0);
          loud += Number(isLoud);
          return (!isLoud || verdict.concerns) && (!isClosing || verdict.closes || looked.some(byBlindControl));
        },
      ),
      { numRuns: 1000 },
    );
    expect(loud).toBeGreaterThan(50);
  });

  it('has nobody look at a group that no fact makes worth it', () => {
    const court = courtOf(GUARD, OCCASION, 'enforce');
    expect(court(groupNo(1, [rule('tcp', 22, '10.0.0.0/24')]))).toMatchObject({ concerns: false, closes: false });
  });
});

/** Controls whose facts the sweep assumes nothing of: their groups are all looked at, and counted as closing only there. */
function byBlindControl({ because }: { readonly because: readonly { readonly control: string }[] }): boolean {
  return because.some(({ control }) => control === 'wide-source' || control === 'duplicate-group');
}
