import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../infra/build/bundle.ts';
import { conformancePackText } from '../../infra/generate/conformance-pack.ts';
import { FAMILIES } from '../../shared/controls/parts/families.ts';
import { readConfigRequest } from '../../shared/events/config.ts';

const text = conformancePackText();

interface Rule {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>> & {
    readonly InputParameters: Readonly<Record<string, unknown>>;
  };
}

const pack: {
  readonly Parameters: Readonly<Record<string, { readonly Type: string }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Rule>>;
} = parse(text);

/** Resolves CloudFormation's `Ref` and `Fn::If` with these parameters, and omits AWS::NoValue. */
function filled(value: unknown, given: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, given));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: ref, 'Fn::If': branch } = Object(value);
  if (typeof ref === 'string') return given[ref];
  if (Array.isArray(branch)) return filled(isTrue(branch[0], given) ? branch[1] : branch[2], given);
  const entries = Object.entries(value).map(([key, inner]) => [key, filled(inner, given)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

function isTrue(condition: string, given: Readonly<Record<string, string>>): boolean {
  const { 'Fn::Not': [{ 'Fn::Equals': sides } = Object()] = [] } = Object(pack.Conditions[condition]);
  const [left, right] = Object(filled(sides, given));
  return left !== (right ?? '');
}

function parametersFor(rule: string, given: Readonly<Record<string, string>>) {
  const ruleParameters = JSON.stringify(filled(pack.Resources[rule]?.Properties.InputParameters, given));
  const notification = { messageType: 'ScheduledNotification', notificationCreationTime: '2026-01-02T03:04:05Z' };
  return readConfigRequest({
    invokingEvent: JSON.stringify(notification),
    ruleParameters,
    resultToken: 'token',
    configRuleArn: 'arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-1',
  }).parameters;
}

/** All names that a value refers to by `Ref`. */
function refsIn(value: unknown): readonly string[] {
  return Array.from(JSON.stringify(value).matchAll(/"Ref":"([^"]+)"/g), ([, name = '']) => name);
}

describe('the conformance pack', () => {
  it('is the file in infra, and small enough for PutConformancePack', () => {
    expect(readFileSync(path.join(ROOT, 'infra/conformance-pack.yaml'), 'utf8')).toBe(text);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(51_200);
  });

  it('has only rules, and at most as many parameters as a pack may have', () => {
    expect(Object.keys(pack)).toEqual(['Parameters', 'Conditions', 'Resources']);
    expect(new Set(Object.values(pack.Resources).map(({ Type }) => Type))).toEqual(
      new Set(['AWS::Config::ConfigRule']),
    );
    expect(Object.keys(pack.Parameters).length).toBeLessThanOrEqual(60);
    for (const id of [...Object.keys(pack.Resources), ...Object.keys(pack.Parameters), ...Object.keys(pack.Conditions)])
      expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
  });

  it('has a rule for each family, on security groups, with the function as a parameter', () => {
    const rules = Object.values(pack.Resources).map(({ Properties }) => Properties);
    expect(rules.map(({ InputParameters }) => InputParameters['family'])).toEqual(Object.keys(FAMILIES));
    for (const rule of rules) {
      expect(rule).toMatchObject({
        ConfigRuleName: `Portcullis-${String(rule.InputParameters['family'])}`,
        Scope: { ComplianceResourceTypes: ['AWS::EC2::SecurityGroup'] },
        Source: {
          Owner: 'CUSTOM_LAMBDA',
          SourceIdentifier: { Ref: 'OnConfigFunctionArn' },
          SourceDetails: [
            { EventSource: 'aws.config', MessageType: 'ConfigurationItemChangeNotification' },
            { EventSource: 'aws.config', MessageType: 'OversizedConfigurationItemChangeNotification' },
          ],
        },
      });
      expect(String(rule['Description']).length).toBeLessThanOrEqual(256);
    }
  });

  it('refers only to its own parameters, and requires only the function', () => {
    const known = new Set([...Object.keys(pack.Parameters), 'AWS::NoValue']);
    expect(refsIn(pack).filter((name) => !known.has(name))).toEqual([]);
    const required = Object.entries(pack.Parameters).filter(([, parameter]) => !('Default' in parameter));
    expect(required.map(([name]) => name)).toEqual(['OnConfigFunctionArn']);
  });

  it('narrows a rule by parameters that on-config accepts, and omits empty ones', () => {
    expect(parametersFor('DefaultGroup', {})).toEqual({ family: 'default-group' });
    expect(parametersFor('World', { WorldParamPorts: '22, 8000-8100' })).toEqual({
      family: 'world',
      ports: [
        { from: 22, to: 22 },
        { from: 8000, to: 8100 },
      ],
    });
    expect(parametersFor('World', { WorldParamControls: 'world-open-other' })).toEqual({
      family: 'world',
      controls: ['world-open-other'],
    });
  });
});
