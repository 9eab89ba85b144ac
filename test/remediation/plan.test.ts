import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../shared/controls/parts/documentation.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { revoke } from '../../shared/remediation/plan.ts';

const SSH = ingress('tcp', 22, '0.0.0.0/0');
const RDP = ingress('tcp', 3389, '::/0');
const OUT = egress('-1', 'all', '0.0.0.0/0');

function decisionAbout(rules: readonly Rule[]): Decision {
  return {
    group: { id: 'sg-0c0ffee0c0ffee000', name: 'web', tags: {} },
    rules,
    otherRuleCount: 0,
    findings: [],
    mode: 'enforce',
    remedy: 'revoke',
    limits: [],
  };
}

function step(what: 'revoke' | 'authorize', direction: Rule['direction'], rules: readonly Rule[]) {
  return {
    do: what,
    groupId: 'sg-0c0ffee0c0ffee000',
    direction,
    rules,
  };
}

describe('revoking', () => {
  it('takes one call for each direction, and undoes it by authorising the same rules', () => {
    expect(revoke(decisionAbout([SSH, OUT, RDP]))).toEqual({
      steps: [step('revoke', 'ingress', [SSH, RDP]), step('revoke', 'egress', [OUT])],
      undo: [step('authorize', 'ingress', [SSH, RDP]), step('authorize', 'egress', [OUT])],
    });
  });

  it.each([
    ['inbound', 'ingress', SSH],
    ['outbound', 'egress', OUT],
  ] as const)('makes no call for a direction without rules: %s alone', (_what, direction, rule) => {
    expect(revoke(decisionAbout([rule]))).toEqual({
      steps: [step('revoke', direction, [rule])],
      undo: [step('authorize', direction, [rule])],
    });
  });

  it('does nothing where there is nothing to remove', () => {
    expect(revoke(decisionAbout([]))).toEqual({ steps: [], undo: [] });
  });
});
