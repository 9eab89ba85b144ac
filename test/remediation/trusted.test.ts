import { describe, expect, it } from 'vitest';
import { cell, change, GUARD, group, rule } from './cell.ts';

const TRUSTING = { ...GUARD, trusted: { ...GUARD.trusted, cidrs: ['17.0.0.0/8', '19.0.0.0/8'] } };

describe('blocks that the policy trusts', () => {
  it('are no opening, alone and together, and close nothing beside them', async () => {
    const rules = [rule('tcp', 22, '17.0.0.0/8'), rule('tcp', 22, '19.0.0.0/8'), rule('tcp', 22, '52.0.0.0/9')];
    const { run, left, told } = cell([group(rules)]);
    await run(change(rules), { policy: TRUSTING });
    expect([left(), told]).toEqual([rules, []]);
    const untrusting = cell([group(rules)]);
    await untrusting.run(change(rules));
    expect(untrusting.left()).not.toEqual(rules);
  });

  it.each(['0.0.0.0/0', '::/0', '16.0.0.0/4'])('do not excuse %s, and stay open when it is closed', async (cidr) => {
    const [own, bad] = [rule('tcp', 22, '17.0.0.0/8'), rule('tcp', 22, cidr)];
    const { run, left } = cell([group([own, bad])]);
    await run(change([own, bad]), { policy: TRUSTING });
    expect(left()).toEqual([own]);
  });

  it('leave two rules that together exceed the threshold on what is not trusted', async () => {
    const rules = [rule('tcp', 22, '16.0.0.0/9'), rule('tcp', 22, '16.128.0.0/9'), rule('tcp', 22, '17.0.0.0/8')];
    const { run, left } = cell([group(rules)]);
    await run(change(rules), { policy: TRUSTING });
    expect(left()).toContain(rules[2]);
    expect(left()).toHaveLength(2);
  });
});
