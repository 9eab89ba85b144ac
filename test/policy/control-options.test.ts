import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { OtherPortOptions } from '../../shared/domain/control-options.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';

function compile(...lines: readonly string[]): Policy {
  return compilePolicy(['version: 1', ...lines].join('\n'), 'portcullis.yaml', CONTROLS);
}

function other(policy: Policy) {
  return policy.controls['world-open-other'] as OtherPortOptions;
}

function names(policy: Policy, port: number): boolean {
  return other(policy).namedPorts.tcp.some(({ from, to }) => from <= port && port <= to);
}

describe('the derived options of world-open-other', () => {
  it('name the default ports of the other controls', () => {
    const shipped = CONTROLS.find(({ id }) => id === 'world-open-other')?.defaults;
    expect(other(compile())).toEqual(shipped);
  });

  it('follow ports that the policy adds to another control or removes', () => {
    const policy = compile('controls: {world-open-admin: {ports: {add: [9090], remove: [6443]}}}');
    expect([9090, 22, 6443].map((port) => names(policy, port))).toEqual([true, true, false]);
  });

  it('ignore controls that are off, but not observed ones', () => {
    expect(names(compile('controls: {world-open-admin: off}'), 22)).toBe(false);
    expect(names(compile('controls: {world-open-admin: observe}'), 22)).toBe(true);
  });

  it('leave wide openings to world-open-everything', () => {
    expect(other(compile('controls: {world-open-everything: {maxPorts: 100}}')).wide?.maxPorts).toBe(100);
  });

  it.each([
    'world-open-everything: off',
    'world-open-everything: {fresh: observe}',
    'world-open-other: {existing: enforce}',
  ])('leave no wide openings to a milder world-open-everything: %s', (setting) => {
    expect(other(compile(`controls: {${setting}}`)).wide).toBeUndefined();
  });
});

describe('a list of words', () => {
  it('replaces the default list, with numbers as words', () => {
    const policy = compile('controls: {world-open-protocol: {allowed: [50, "51"]}, naming: {avoid: []}}');
    expect(policy.controls['world-open-protocol']).toMatchObject({ allowed: ['50', '51'] });
    expect(policy.controls['naming']).toMatchObject({ avoid: [], names: [] });
  });
});
