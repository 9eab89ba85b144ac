import type { Control, ControlDocs, Peer } from '../domain/control.ts';
import type { Rule } from '../domain/group.ts';
import { sourceText } from '../network/rule-key.ts';
import { ruleFindings } from './parts/common.ts';
import { aCase, egress, ingress } from './parts/documentation.ts';

const id = 'stale-reference';
const severity = 'low';

function isGone({ source }: Rule, peers: ReadonlyMap<string, Peer>): boolean {
  return source.kind === 'group' && peers.get(source.groupId) === 'gone';
}

/**
 * A rule names a group that no longer exists, or that was behind a deleted peering connection.
 *
 * A group of another account that cannot be read does not count as deleted.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html#vpc-peering-stale-groups
 */
export const staleReference: Control<'peers'> = {
  id,
  title: 'A rule names a group that is gone',
  severity,
  on: ['sweep'],
  needs: { peers: true },
  defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke' },
  couldFire: ({ rules }) => rules.some(({ source }) => source.kind === 'group'),
  evaluate: ({ group, facts: { peers }, fresh }) =>
    ruleFindings(
      id,
      severity,
      group.rules.filter((rule) => isGone(rule, peers)),
      fresh,
    ),
  explain: ({ rules }) => {
    const gone = new Set(rules.map(({ source }) => sourceText(source)));
    return `${rules.length === 1 ? 'a rule names' : `${rules.length} rules name`} what is gone: ${[...gone].join(', ')}`;
  },
};

const GONE = 'sg-0dead000000000000';
const PEER = 'sg-0123456789abcdef0';

function onePeer(peer: Peer): ReadonlyMap<string, Peer> {
  return new Map([[PEER, peer]]);
}

/** Documentation of stale-reference. */
export const docs = {
  why: 'A rule with a deleted source lets nothing in, but it uses one of the 60 rules of the group, and it suggests a network path that does not exist.',
  fires: 'An inbound or outbound rule names a group of the account or of a peered VPC that no longer exists.',
  fix: () => ({
    instead: 'Delete the rule. If traffic is blocked, add a rule for the group that replaced the deleted group.',
    console: 'VPC → Security groups → Actions → Manage stale rules: delete the rules that are listed.',
    cli: [
      'aws ec2 describe-stale-security-groups --vpc-id vpc-shop',
      'aws ec2 revoke-security-group-ingress --group-id sg-web --security-group-rule-ids sgr-stale',
    ].join('\n'),
    cdk: '// Remove the addIngressRule call, or name the new group in it.\nwebGroup.addIngressRule(newPeerGroup, ec2.Port.tcp(8080));',
    terraform:
      '# Remove the resource, or name the new group in it:\n# referenced_security_group_id = aws_security_group.new_peer.id',
  }),
  example: 'stale-reference: {existing: alert}',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#vpc-stale-security-group-rules'],
  cases: () => ({
    invalid: [
      aCase('an inbound rule', [ingress('tcp', 8080, GONE)], { facts: { peers: new Map([[GONE, 'gone']]) } }),
      aCase('an outbound rule', [egress('tcp', 5432, GONE)], { facts: { peers: new Map([[GONE, 'gone']]) } }),
      aCase(
        'a peered group whose connection was deleted',
        [
          {
            ...ingress('tcp', 8080, GONE),
            source: { kind: 'group', groupId: GONE, peeringId: 'pcx-0123456789abcdef0', ownerId: '111122223333' },
          },
        ],
        { facts: { peers: new Map([[GONE, 'gone']]) } },
      ),
    ],
    valid: [
      aCase('a group that is there', [ingress('tcp', 8080, PEER)], {
        facts: { peers: onePeer({ id: PEER, name: 'web', tags: {} }) },
      }),
      aCase("another account's group, which cannot be read", [ingress('tcp', 8080, PEER)], {
        facts: { peers: onePeer('foreign') },
      }),
      aCase('an address', [ingress('tcp', 8080, '198.51.100.7/32')]),
    ],
  }),
} satisfies ControlDocs;
