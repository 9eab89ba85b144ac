import { describe, expect, it } from 'vitest';
import type { Group } from '../../shared/domain/group.ts';
import { cli, expectedCode, GUARD } from '../cli/command-line.ts';
import { schemaProblems } from '../reports/schema.ts';
import { isOpenDefault, reachesAnything, reachesEverything, reachesPorts } from './questions.ts';
import { derivedCase, READ, readCase, type SharedCase, sharedCases } from './shared-case.ts';

const QUESTIONS = new Set(['ports', 'any-world', 'all-traffic', 'default-sg']);

/** Answers that differ from the source by design. docs/cases.md has the reasons. */
const BY_DESIGN: ReadonlyMap<string, boolean> = new Map([
  ['checkov-tf/22-aws_security_group.fail2', false],
  ['checkov-tf/80-aws_security_group.fail2', false],
  ['checkov-tf/80-aws_vpc_security_group_ingress_rule.fail2', false],
  ['guard-registry/restricted_common_ports-4-Security-Group-with-port-20-open-FAIL', false],
]);

function answer(group: Group, { ports = [], protocols = ['tcp'], check_type }: SharedCase['expected']): boolean {
  switch (check_type) {
    case 'ports':
      return reachesPorts(group.rules, ports, protocols);
    case 'any-world':
      return reachesAnything(group.rules);
    case 'all-traffic':
      return reachesEverything(group.rules);
    case 'default-sg':
      return isOpenDefault(group);
    default:
      throw new Error(`no question of ours asks ${check_type}`);
  }
}

function isRead({ kind }: SharedCase): boolean {
  return READ.includes(kind);
}

function ourAnswer(one: SharedCase): boolean {
  return (isRead(one) ? readCase(one) : derivedCase(one)).some((group) => answer(group, one.expected));
}

const all = sharedCases();
const asked = all.filter(({ expected }) => expected.basis === 'source' && QUESTIONS.has(expected.check_type));
const agreed = asked.filter(({ expected }) => expected.agrees_with_network_semantics === true);
const disputed = asked.filter(({ expected }) => expected.agrees_with_network_semantics === false);

function named(cases: readonly SharedCase[]) {
  return cases.map((one) => [one.name, one] as const);
}

describe('cases from other projects', () => {
  it('are present in the expected number', () => {
    expect([agreed.filter(isRead).length, agreed.length, disputed.length]).toEqual(
      all.length === 0 ? [0, 0, 0] : [58, 148, BY_DESIGN.size],
    );
  });

  it.each(named(agreed.filter(isRead)))('%s: parsed here, with the same answer', (_name, one) => {
    expect(ourAnswer(one)).toBe(one.expected.finding);
  });

  it.each(named(agreed.filter((one) => !isRead(one))))('%s: from its rows, with the same answer', (_name, one) => {
    expect(ourAnswer(one)).toBe(one.expected.finding);
  });

  it.each(named(disputed))('%s: with another answer by design', (name, one) => {
    expect(ourAnswer(one)).toBe(BY_DESIGN.get(name));
    expect(one.expected.finding).not.toBe(BY_DESIGN.get(name));
  });

  it.each(named(all.filter((one) => isRead(one) && one.kind !== 'config-item')))(
    '%s: goes through the command line',
    async (_name, { kind, input }) => {
      const command = kind === 'cloudtrail' ? 'simulate' : 'scan';
      const { code, out, err } = await cli(
        [command, '-', '--policy', GUARD, '--format', 'json'],
        JSON.stringify(input),
      );
      const report = JSON.parse(out);
      expect(schemaProblems(report)).toEqual([]);
      expect(err).not.toContain('fault of Portcullis');
      expect(code).toBe(expectedCode(report));
    },
  );

  it.each(named(all.filter(({ kind }) => kind === 'config-item')))('%s: is parsed', (_name, one) => {
    expect(readCase(one)).toHaveLength(1);
  });
});
