import type { Case, Control, ControlDocs, Peer, Subject } from '../domain/control.ts';
import type { TierOptions, TierSource, Tiers } from '../domain/control-options.ts';
import type { Finding } from '../domain/finding.ts';
import type { PortSet, Rule } from '../domain/group.ts';
import { sanitize } from '../network/format.ts';
import { aboutGroup, explainDetail, NEW_RULES, ruleFindings } from './parts/common.ts';
import { aCase, egress, ingress } from './parts/documentation.ts';
import { describeForbiddenSources, forbiddenRules } from './parts/tier-map.ts';

const id = 'tier-source';
const severity = 'medium';

function evaluateLayer(subject: Subject<'peers'>, tiers: Tiers): readonly Finding[] {
  const { group, facts, fresh } = subject;
  const name = Object.hasOwn(group.tags, tiers.tag) ? group.tags[tiers.tag] : undefined;
  if (name === undefined) return [];
  const layer = Object.hasOwn(tiers.layers, name) ? tiers.layers[name] : undefined;
  if (layer === undefined)
    return [
      aboutGroup(id, severity, 'existing', `its tag ${tiers.tag} names no layer of the tier map: ${sanitize(name)}`),
    ];
  return ruleFindings(id, severity, forbiddenRules(subject, layer, tiers), fresh).map((finding) => ({
    ...finding,
    detail: describeForbiddenSources(finding.rules, name, tiers, facts.peers),
  }));
}

/**
 * A group of one layer lets in a source that the policy's tier map does not allow.
 *
 * A tag of the group names its layer. A group without the tag is not evaluated, and no layer trusts it.
 */
export const tierSource: Control<'peers', TierOptions> = {
  id,
  title: 'A tier lets in what the tier map does not allow',
  severity,
  on: NEW_RULES,
  needs: { peers: true },
  defaults: { fresh: 'alert', existing: 'observe', remedy: 'revoke' },
  runs: ({ tiers }) => tiers !== undefined,
  evaluate: (subject, { tiers }) => (tiers === undefined ? [] : evaluateLayer(subject, tiers)),
  explain: explainDetail,
};

function tcp(...ports: readonly number[]): PortSet {
  return {
    tcp: ports.map((port) => ({ from: port, to: port })),
    udp: [],
  };
}

function fromLayer(name: string): TierSource {
  return { kind: 'layer', name };
}

/** The map of the example in portcullis.yaml. */
function map(): Tiers {
  return {
    tag: 'tier',
    layers: {
      edge: { from: [{ kind: 'world' }], ports: tcp(80, 443), within: false },
      app: { from: [fromLayer('edge')], ports: tcp(8080, 8081), within: false },
      database: { from: [fromLayer('app')], within: true },
      cache: { from: [fromLayer('app')], within: false },
      bastion: { from: [{ kind: 'cidr', cidr: '10.0.0.0/8' }], ports: tcp(22), within: false },
    },
    everywhere: [{ from: [fromLayer('bastion')], ports: tcp(22) }],
  };
}

const OWN = 'sg-0c0ffee0c0ffee000';
const PEER = 'sg-0123456789abcdef0';

/** A case: the rules of a group of one layer, and the peer that they name. */
function tierCase(title: string, tier: string | undefined, rules: readonly Rule[], peer?: Peer): Case {
  return aCase(title, rules, {
    group: { tags: tier === undefined ? {} : { tier } },
    facts: {
      peers: new Map<string, Peer>([
        [OWN, { id: OWN, name: 'itself', tags: tier === undefined ? {} : { tier } }],
        ...(peer === undefined ? [] : [[PEER, peer] as const]),
      ]),
    },
    options: { tiers: map() },
  });
}

/** A peer of a layer. */
function of(tier: string): Peer {
  return { id: PEER, name: 'peer', tags: { tier } };
}

/** Documentation of tier-source. */
export const docs = {
  why: 'A tiered network stops an intruder at each tier: an attacker on the web server reaches the application, but not the database. One wrong rule breaks this, and a list of ports does not detect it.',
  fires:
    'The group has the tag of the tier map, and an inbound rule has a source or a port that the layer does not allow: another layer, a group without a layer, an address outside the named blocks, or the world. Groups of peered VPCs count by their tag. Groups of other accounts cannot be read, so allow them by id. Each inbound rule is evaluated separately, and outbound rules are not evaluated. The control also fires if the tag names no layer of the map. Without a tier map in the policy, the control does not run.',
  fix: () => ({
    instead:
      'Admit the group of the layer above. If the path is intended, add it to the tier map, where it is reviewed.',
    console:
      'VPC → Security groups → the group → Inbound rules → Edit inbound rules: set the source of the rule to the group of the layer above, save.',
    cli: [
      "aws ec2 authorize-security-group-ingress --group-id sg-database --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-app}]'",
      'aws ec2 revoke-security-group-ingress --group-id sg-database --security-group-rule-ids sgr-from-web',
      'aws ec2 create-tags --resources sg-database --tags Key=tier,Value=database',
    ].join('\n'),
    cdk: [
      "cdk.Tags.of(databaseGroup).add('tier', 'database');",
      "databaseGroup.addIngressRule(appGroup, ec2.Port.tcp(5432), 'from the application');",
    ].join('\n'),
    terraform: [
      'resource "aws_security_group" "database" {',
      '  tags = { tier = "database" }',
      '}',
      '',
      'resource "aws_vpc_security_group_ingress_rule" "database_from_app" {',
      '  security_group_id            = aws_security_group.database.id',
      '  referenced_security_group_id = aws_security_group.app.id',
      '  ip_protocol                  = "tcp"',
      '  from_port                    = 5432',
      '  to_port                      = 5432',
      '}',
    ].join('\n'),
  }),
  example: 'tier-source: {fresh: enforce}',
  section: `tiers:
  tag: tier
  layers:
    edge: {from: [world], ports: [80, 443]}
    app: {from: [edge], ports: [8080-8081]}
    database: {from: [app], within: true}
    cache: {from: [app]}
    bastion: {from: [10.0.0.0/8], ports: [22]}
  ssh: {from: [bastion]}`,
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing'],
  cases: () => ({
    invalid: [
      tierCase('the database from the web layer', 'database', [ingress('tcp', 5432, PEER)], of('edge')),
      tierCase('the database from an address', 'database', [ingress('tcp', 5432, '10.0.1.7/32')]),
      tierCase('the database from a group of no layer', 'database', [ingress('tcp', 5432, PEER)], {
        id: PEER,
        name: 'untagged',
        tags: {},
      }),
      tierCase("the database from another account's group", 'database', [ingress('tcp', 5432, PEER)], 'foreign'),
      tierCase(
        'the application on a port that is not its own',
        'app',
        [ingress('tcp', [8080, 9000], PEER)],
        of('edge'),
      ),
      tierCase('the application from the world', 'app', [ingress('tcp', 8080, '0.0.0.0/0')]),
      tierCase('the world on all traffic, where it may have two ports', 'edge', [ingress('-1', 'all', '0.0.0.0/0')]),
      tierCase('SSH from the layer above in place of the bastion', 'app', [ingress('tcp', 22, PEER)], of('edge')),
      tierCase('the bastion from outside its block', 'bastion', [ingress('tcp', 22, '198.51.100.7/32')]),
      tierCase('a prefix list with one block too many', 'bastion', [
        ingress('tcp', 22, 'pl-0123456789abcdef0', ['10.0.0.0/16', '198.51.100.0/24']),
      ]),
      tierCase('a cache that names itself, where the map does not say so', 'cache', [ingress('tcp', 6379, OWN)]),
      tierCase('a tag that names no layer', 'databse', []),
    ],
    valid: [
      tierCase('the database from the application', 'database', [ingress('tcp', 5432, PEER)], of('app')),
      tierCase('the edge from the world', 'edge', [ingress('tcp', 80, '0.0.0.0/0'), ingress('tcp', 443, '::/0')]),
      tierCase('the application on both of its ports', 'app', [ingress('tcp', [8080, 8081], PEER)], of('edge')),
      tierCase('a ping from the layer above', 'app', [ingress('icmp', [8, -1], PEER)], of('edge')),
      tierCase('SSH from the bastion', 'database', [ingress('tcp', 22, PEER)], of('bastion')),
      tierCase('the bastion from within its block', 'bastion', [ingress('tcp', 22, '10.20.0.0/16')]),
      tierCase('a database cluster that names itself, as the map allows', 'database', [ingress('tcp', 5432, OWN)]),
      tierCase('a group of no layer', undefined, [ingress('tcp', 5432, PEER)], of('edge')),
      tierCase('a group that is gone, which stale-reference names', 'database', [ingress('tcp', 5432, PEER)], 'gone'),
      tierCase('outbound', 'database', [egress('-1', 'all', '0.0.0.0/0')]),
      aCase('anything, without a tier map', [ingress('tcp', 5432, '10.0.1.7/32')], {
        group: { tags: { tier: 'database' } },
      }),
    ],
  }),
} satisfies ControlDocs;
