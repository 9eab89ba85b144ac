import type { Control, ControlDocs, Peer } from '../domain/control.ts';
import type { Rule } from '../domain/group.ts';
import { sourceText } from '../network/rule-key.ts';
import { byFreshness } from './parts/common.ts';
import { aCase, egress, ingress } from './parts/documentation.ts';

const id = 'stale-reference';
const severity = 'low';

function isGone({ source }: Rule, peers: ReadonlyMap<string, Peer>): boolean {
  return source.kind === 'group' && peers.get(source.groupId) === 'gone';
}

/**
 * A rule names a group that is gone: deleted, or behind a peering connection that was.
 *
 * A group of another account that cannot be read is not called gone.
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
    byFreshness(
      group.rules.filter((rule) => isGone(rule, peers)),
      fresh,
    ).map((part) => ({ control: id, severity, ...part, exposures: [] })),
  explain: ({ rules }) => {
    const gone = new Set(rules.map(({ source }) => sourceText(source)));
    return `${rules.length === 1 ? 'a rule names' : `${rules.length} rules name`} what is gone: ${[...gone].join(', ')}`;
  },
};

const GONE = 'sg-0dead000000000000';
const PEER = 'sg-0123456789abcdef0';

function peers(peer: Peer): ReadonlyMap<string, Peer> {
  return new Map([[PEER, peer]]);
}

/** Documentation of stale-reference. */
export const docs = {
  why: 'A rule that names nothing lets nothing in, but it takes one of the 60 places of the group, and whoever reads it believes in a path that is not there.',
  fires: 'A rule, inbound or outbound, names a group of the account or of a peered VPC that does not exist any more.',
  fix: () => ({
    instead: 'Delete the rule. If traffic is missing, admit the group that took the place of the one that is gone.',
    console:
      'VPC → Security groups: stale rules are marked under Actions → Manage stale rules of the VPC; delete them there.',
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
        facts: { peers: peers({ id: PEER, name: 'web', tags: {} }) },
      }),
      aCase("another account's group, which cannot be read", [ingress('tcp', 8080, PEER)], {
        facts: { peers: peers('foreign') },
      }),
      aCase('an address', [ingress('tcp', 8080, '198.51.100.7/32')]),
    ],
  }),
} satisfies ControlDocs;
