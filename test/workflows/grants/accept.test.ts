import { describe, expect, it } from 'vitest';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Rule } from '../../../shared/domain/group.ts';
import { acceptRules } from '../../../shared/workflows/common/objections.ts';
import { GUARD, group, rule } from '../../remediation/cell.ts';
import { BOB } from './world.ts';

function found(there: readonly Rule[] = [], exemptions: readonly Exemption[] = []) {
  return {
    groupSnapshot: { group: group(there), facts: {} },
    exemptions,
  };
}

const HALVES = [rule('tcp', 22, '0.0.0.0/1'), rule('tcp', 22, '128.0.0.0/1')];
const OTHER = rule('tcp', 8080, '0.0.0.0/0');

describe('what is granted without anybody asking', () => {
  it('is nothing that a control would so much as tell people of', () => {
    expect(acceptRules([OTHER], found(), GUARD)).toMatchObject({
      accepted: [],
      refused: [{ rule: OTHER, reason: expect.stringMatching(/^a control forbids it: world-open-other: tcp 8080/) }],
    });
  });

  it('is judged by the controls’ own modes, not by the account’s or the tags’', () => {
    const tagCeilings = [{ tags: {}, mode: 'observe' }] as const;
    for (const more of [{ ceiling: 'observe' } as const, { tagCeilings }])
      expect(acceptRules([OTHER], found(), { ...GUARD, ...more }).accepted).toEqual([]);
  });

  it('may be what a control only observes, unless it was to be nobody’s business', () => {
    const egress = rule('-1', -1, '0.0.0.0/0', 'egress');
    expect(acceptRules([egress], found(), GUARD).accepted).toEqual([egress]);
    expect(acceptRules([egress], found(), GUARD, 'observe').accepted).toEqual([]);
  });

  it('adds up, among itself and with what is there', () => {
    const [first = OTHER, second = OTHER] = HALVES;
    const small = rule('tcp', 22, '12.0.0.0/9');
    const rest = rule('tcp', 22, '12.128.0.0/9');
    expect(acceptRules([small, rest], found(), GUARD)).toMatchObject({ accepted: [small], refused: [{ rule: rest }] });
    expect(acceptRules([rest], found([small]), GUARD).accepted).toEqual([]);
    expect(acceptRules([first, second], found(), GUARD).accepted).toEqual([]);
  });

  it('goes by exemptions that hold', () => {
    const leave: Exemption = {
      id: 'e',
      scope: { control: 'world-open-other' },
      by: BOB,
      reason: '',
      at: 0,
      owner: '',
      until: 1,
    };
    expect(acceptRules([OTHER], found([], [leave]), GUARD).accepted).toEqual([OTHER]);
  });
});
