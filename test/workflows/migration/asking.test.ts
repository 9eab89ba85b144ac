import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../../shared/controls/registry.ts';
import type { Mode, RemedyId } from '../../../shared/domain/control-options.ts';
import { ruleKey } from '../../../shared/network/rule-key.ts';
import { compilePolicy } from '../../../shared/policy/compile.ts';
import { decisionsFor } from '../../../shared/remediation/decide/decide-group.ts';
import { eni, group, OLD, r, violating } from './world.ts';

const RULES = [r(OLD, 'egress -1 -1 0.0.0.0/0'), violating(OLD)];

/** What becomes of the rules of a default group, by the id of a rule: mode and remedy. */
function judged(policyText: string, use: 'in use' | 'unused', letGo: readonly string[] = []) {
  const policy = compilePolicy(`version: 1\n${policyText}`, 'portcullis.yaml', CONTROLS);
  const facts = { attachments: use === 'in use' ? [eni(1, [OLD])] : [], reachability: 'internal' as const };
  const occasion = { trigger: 'sweep', added: { kind: 'unknown' }, approvedRules: new Set(letGo) } as const;
  const decisions = decisionsFor({ group: group(OLD, RULES), facts }, occasion, policy, 'enforce');
  return new Map(
    decisions.flatMap(({ rules, mode, remedy }) =>
      rules.map(({ fromPort }): readonly [number | undefined, readonly [Mode, RemedyId]] => [fromPort, [mode, remedy]]),
    ),
  );
}

function withRemedy(preset: string, remedy: RemedyId): string {
  return `preset: ${preset}\ncontrols:\n  default-group-rules: {remedy: ${remedy}}\n`;
}

describe('a default group in use', () => {
  it.each(['guard', 'strict'])('is only alerted on in %s, unless the policy asks for a migration', (preset) => {
    expect(judged(withRemedy(preset, 'revoke'), 'in use').get(-1)).toEqual(['alert', 'revoke']);
    expect(judged(withRemedy(preset, 'migrate'), 'in use').get(-1)).toEqual(['approve', 'migrate']);
  });

  it('is left alone in observe', () => {
    expect(judged(withRemedy('observe', 'migrate'), 'in use').get(-1)?.[0]).toBe('observe');
  });

  it('is migrated with all its rules, those included that other controls only alert on', () => {
    expect(judged(withRemedy('guard', 'migrate'), 'in use').get(22)).toEqual(['approve', 'migrate']);
  });

  it('is migrated before anything of it is closed, where people are asked about a rule for two reasons', () => {
    const text = `${withRemedy('guard', 'migrate')}  world-open-admin: {existing: approve}\n`;
    expect(judged(text, 'in use').get(22)).toEqual(['approve', 'migrate']);
  });

  it('has a rule closed at once that another control closes, without anybody being moved for it', () => {
    const text = `${withRemedy('guard', 'migrate')}  world-open-admin: enforce\n`;
    expect(judged(text, 'in use').get(22)).toEqual(['enforce', 'revoke']);
    expect(judged(text, 'in use').get(-1)).toEqual(['approve', 'migrate']);
  });

  it('is not stripped though a person let it go, until nothing uses it', () => {
    const text = withRemedy('guard', 'migrate');
    const letGo = RULES.map(ruleKey);
    expect(judged(text, 'in use', letGo).get(-1)).toEqual(['approve', 'migrate']);
    expect(judged(text, 'unused', letGo).get(-1)?.[0]).toBe('enforce');
  });
});
