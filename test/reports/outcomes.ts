import type { Rule } from '../../shared/domain/group.ts';
import type { ReportedOutcome } from '../../shared/domain/ports.ts';

const AT = Date.parse('2026-01-02T03:04:05Z');

export function ssh(serial: number, more: Partial<Rule> = {}): Rule {
  return {
    id: `sgr-${serial.toString(16).padStart(17, '0')}`,
    groupId: 'sg-00000000000000001',
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
    ...more,
  };
}

/** An outcome over these rules, all of them removed unless more is said. */
export function outcome(rules: readonly Rule[], more: Partial<ReportedOutcome> = {}, name = 'web'): ReportedOutcome {
  return {
    caseId: 'k2v4x6z3b5d7f9h2j4l6n8p3r5',
    plan: {
      id: 'b7lxgo3d5wyq2m6k4n8p',
      at: AT + 1500,
      decision: {
        group: { id: 'sg-00000000000000001', name, vpcId: 'vpc-00000000000000001', tags: {} },
        rules,
        otherRuleCount: 0,
        findings: [
          {
            control: 'world-open-admin',
            severity: 'critical',
            freshness: 'fresh',
            rules,
            exposures: [{ protocol: 'tcp', ports: [{ from: 22, to: 22 }], share: 1 }],
          },
        ],
        mode: 'enforce',
        remedy: 'revoke',
        limits: [],
      },
      change: {
        id: 'event-1',
        call: 'AuthorizeSecurityGroupIngress',
        trigger: 'rules-added',
        scope: { by: 'group-id', ids: ['sg-00000000000000001'] },
        added: { kind: 'unknown' },
        actor: { type: 'IAMUser', name: 'ann', arn: 'arn:aws:iam::111122223333:user/ann', tool: 'console' },
        at: AT,
        account: '111122223333',
        region: 'eu-west-1',
      },
      steps: [],
      undo: [],
    },
    status: 'done',
    removed: rules,
    alreadyGone: [],
    changed: [],
    at: AT + 2000,
    ...more,
  };
}

/**
 * 500 characters: control characters, an override that turns text round, half of a surrogate pair, quotes,
 * emoji.
 */
export const HOSTILE = '\u0000\u001b[31m\u202Ex\ud800"\\😀</script>'.repeat(40).slice(0, 500);
