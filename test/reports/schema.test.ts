import { describe, expect, it } from 'vitest';
import { schemaProblems } from './schema.ts';

const FINDING = {
  control: 'world-open-admin',
  severity: 'critical',
  mode: 'alert',
  groupId: 'sg-1',
  groupName: 'web',
  region: null,
  account: '111122223333',
  rules: [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' }],
  ports: { tcp: [[22, 22]], udp: [] },
  because: 'tcp 22 is open',
  remedy: 'revoke',
};

function report(finding: object) {
  return { findings: [finding], groups: 1, rules: 1, errors: [] };
}

describe('the schema of the JSON output', () => {
  it('accepts the documented form', () => {
    expect(schemaProblems(report(FINDING))).toEqual([]);
  });

  it.each([
    ['an unknown severity', { ...FINDING, severity: 'terrible' }],
    ['a port beyond 65535', { ...FINDING, ports: { tcp: [[22, 65_536]], udp: [] } }],
    ['a range with three ends', { ...FINDING, ports: { tcp: [[1, 2, 3]], udp: [] } }],
    ['a missing region', { ...FINDING, region: undefined }],
    ['a field that nobody knows', { ...FINDING, more: 1 }],
    [
      'a rule without a source',
      { ...FINDING, rules: [{ direction: 'ingress', protocol: 'tcp', fromPort: 1, toPort: 1 }] },
    ],
  ])('refuses %s', (_what, finding) => {
    expect(schemaProblems(report(finding))).not.toEqual([]);
  });
});
