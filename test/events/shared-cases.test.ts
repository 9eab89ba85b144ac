import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RuleContent } from '../../shared/domain/group.ts';
import { readCloudTrail } from '../../shared/events/cloudtrail/cloudtrail.ts';
import { openRecord, partOf } from '../../shared/events/cloudtrail/record.ts';
import { requestContents } from '../../shared/events/cloudtrail/rules.ts';
import { readConfigEvent } from '../../shared/events/config.ts';
import { readGroups } from '../../shared/events/describe/descriptions.ts';

interface Row {
  readonly direction: string;
  readonly protocol: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly cidr?: string;
  readonly source?: string;
}

interface SharedCase {
  readonly name: string;
  readonly kind: string;
  readonly input: unknown;
  readonly derived: { readonly applied: boolean; readonly rows?: readonly Row[] };
}

const FOLDER = new URL('../../../shared/cases/', import.meta.url);
const SAMPLES = new URL('../../../shared/samples/', import.meta.url);

function readText(url: URL): string {
  return readFileSync(url, 'utf8');
}

function readCases(url: URL): readonly SharedCase[] {
  return JSON.parse(readText(url));
}

function casesOf(kinds: readonly string[]): readonly SharedCase[] {
  return existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((file) => file.endsWith('.json'))
        .flatMap((file) => readCases(new URL(file, FOLDER)))
        .filter(({ kind }) => kinds.includes(kind))
    : [];
}

/** For protocols without ports the two fields mean nothing, and the forms differ in what they state. */
function rowText({ direction, protocol, from, to, cidr, source }: Row): string {
  const all = protocol === 'all' || protocol === '-1';
  return [direction, all ? '-1' : protocol, all ? '' : `${from ?? -1}-${to ?? -1}`, cidr ?? source].join(' ');
}

function sourceText({ source }: RuleContent): string {
  if (source.kind === 'prefix-list') return source.id;
  return source.kind === 'group' ? `sg:${source.groupId}` : source.cidr;
}

function ruleText(rule: RuleContent): string {
  return rowText({
    direction: rule.direction,
    protocol: rule.protocol,
    from: rule.fromPort ?? null,
    to: rule.toPort ?? null,
    cidr: sourceText(rule),
  });
}

function broughtBy(event: unknown): readonly RuleContent[] {
  const reading = readCloudTrail(event);
  if (reading.kind === 'ignored' || reading.change.trigger === 'rules-removed') return [];
  return reading.change.added.kind === 'rules' ? reading.change.added.contents : [];
}

function rulesOf({ kind, input }: SharedCase): readonly RuleContent[] {
  if (kind === 'cloudtrail') return broughtBy(input);
  if (kind === 'config-item') {
    const reading = readConfigEvent(input);
    return reading.kind === 'group' ? reading.group.rules : [];
  }
  const { groups, errors } = readGroups(input, 'case');
  expect(errors).toEqual([]);
  return groups.flatMap(({ rules }) => rules);
}

function requestRulesOf(event: unknown): readonly RuleContent[] {
  const record = openRecord(event);
  return requestContents(partOf(record, 'requestParameters'), 'ingress');
}

/** Cases that are answered otherwise, by design. */
const OTHERWISE: ReadonlyMap<string, string> = new Map([
  ['panther-rules/SecurityGroupModified-Error-Mofidying-Security-Group', 'a failed call changed nothing'],
]);

/** Their group id is "...": no group can be told. */
const UNTOLD = /^streamalert\/ingress-anywhere-/;

const READ = [
  'cloudtrail',
  'describe-security-groups',
  'describe-security-group-rules',
  'ip-permissions',
  'config-item',
];

function named(cases: readonly SharedCase[]) {
  return cases.map((one) => [one.name, one] as const);
}

describe('inputs that nobody here wrote', () => {
  it.each(named(casesOf(READ).filter(({ name }) => !UNTOLD.test(name))))('reads %s to its rules', (name, one) => {
    const expected = one.derived.applied && !OTHERWISE.has(name) ? (one.derived.rows ?? []) : [];
    expect(rulesOf(one).map(ruleText).toSorted()).toEqual(expected.map(rowText).toSorted());
  });

  it.each(named(casesOf(READ).filter(({ name }) => UNTOLD.test(name))))(
    'reads the rules of %s, and refuses its group',
    (_, one) => {
      expect(requestRulesOf(one.input).map(ruleText).toSorted()).toEqual(
        (one.derived.rows ?? []).map(rowText).toSorted(),
      );
      expect(() => rulesOf(one)).toThrow('requestParameters.groupId: expected a security group id');
    },
  );

  it('finds the kinds it reads wherever the folder is there', () => {
    expect(new Set(casesOf(READ).map(({ kind }) => kind)).size).toBe(existsSync(FOLDER) ? READ.length : 0);
  });

  const files = existsSync(SAMPLES)
    ? ['cloudtrail', 'eventbridge'].flatMap((folder) =>
        readdirSync(new URL(`${folder}/`, SAMPLES))
          .filter((file) => !file.endsWith('.fragment.json'))
          .map((file) => `${folder}/${file}`),
      )
    : [];

  it.each(files)('reads %s as a change or as nothing to do', (file) => {
    const reading = readCloudTrail(JSON.parse(readText(new URL(file, SAMPLES))));
    const created = file.includes('create-vpc') ? 'default-group-of-vpc' : 'group-id';
    const expected = /authorize|revoke-ingress|create-|run-instances/.test(file) ? created : 'ignored';
    expect(reading.kind === 'change' ? reading.change.scope.by : 'ignored').toBe(expected);
  });

  const configs = existsSync(SAMPLES) ? readdirSync(new URL('config/', SAMPLES)) : [];

  it.each(configs)('reads config/%s without a crash', (file) => {
    const reading = readConfigEvent(JSON.parse(readText(new URL(`config/${file}`, SAMPLES))));
    expect(reading.kind).toBe(file.includes('security-group-change') ? 'group' : 'ignored');
  });
});
