import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLACEMENT_TAG } from '../../../shared/domain/ec2.ts';
import type { Attachment, Group, Rule } from '../../../shared/domain/group.ts';
import { commandFor } from '../../../shared/workflows/migration/interfaces.ts';
import { planMigration } from '../../../shared/workflows/migration/plan-migration.ts';
import {
  type DefaultGroupState,
  isReplacement,
  MIGRATION_TAG,
  replacementFor,
  wantedRules,
} from '../../../shared/workflows/migration/replacement.ts';

const OLD = 'sg-00000000000000d0d';
const NEW = 'sg-000000000000000ee';
const VPC = 'vpc-00000000000000001';
const PLAN = 'abcdefghjkmnpqrstvwxyz0123';

function group(id: string, rules: readonly Rule[] = [], tags = {}): Group & { readonly vpcId: string } {
  return {
    id,
    name: id === OLD ? 'default' : 'group',
    vpcId: VPC,
    tags,
    rules,
  };
}

function rule(groupId: string, from: string, port: number): Rule {
  return {
    id: `sgr-${port}`,
    groupId,
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    source: from.startsWith('sg-') ? { kind: 'group', groupId: from } : { kind: 'ipv4', cidr: from },
  };
}

function eni(id: string, more: Partial<Attachment> = {}): Attachment {
  return {
    interfaceId: `eni-${id}`,
    description: '',
    type: 'interface',
    groupIds: [OLD],
    ...more,
  };
}

function scene(more: Partial<DefaultGroupState> = {}): DefaultGroupState {
  return {
    old: group(OLD, [rule(OLD, OLD, 1), rule(OLD, '10.0.0.0/8', 2)]),
    facts: { attachments: [eni('1')], referencedBy: [], peers: new Map() },
    naming: [],
    ...more,
  };
}

const OCCASION = { planId: PLAN, owner: 'invocation-1' };

const like = replacementFor(group(OLD), OCCASION, { names: [], avoid: [] });

function plan(one: DefaultGroupState) {
  return planMigration(one, { like, leftOut: new Set(), objections: [], stuck: new Map() });
}

function texts(rules: readonly Rule[]) {
  return rules.map(
    ({ groupId, fromPort, source }) => `${groupId} ${fromPort} ${source.kind === 'group' ? source.groupId : 'address'}`,
  );
}

describe('the name of a replacement', () => {
  it('follows the first pattern of the policy that allows one', () => {
    const scheme = { names: ['exact', 'sg-*', 'shop-*'], avoid: [] };
    expect(replacementFor(group(OLD), OCCASION, scheme).name).toBe('shop-from-default-abcdefgh');
  });

  it('is none that the policy avoids', () => {
    expect(replacementFor(group(OLD), OCCASION, { names: ['tmp-*', 'shop-*'], avoid: ['tmp-*'] }).name).toBe(
      'shop-from-default-abcdefgh',
    );
  });

  it('is one that EC2 takes, whatever the scheme', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), (names) => {
        const { name, description } = replacementFor(group(OLD), OCCASION, { names, avoid: [] });
        expect(name).toMatch(/^[\w. :/()#,@[\]+=&;{}!$*-]{1,255}$/);
        expect(name).not.toMatch(/^sg-/i);
        expect(description).toMatch(/^[\w. :/()#,@[\]+=&;{}!$*-]{1,255}$/);
      }),
    );
  });

  it('comes with the tags of the default group, except AWS’s and our own, and says what it replaces', () => {
    const tags = { tier: 'app', 'aws:cloudformation:stack-name': 'x', 'portcullis:exempt-until': '2026-01-01' };
    const made = replacementFor(group(OLD, [], tags), OCCASION, { names: [], avoid: [] });
    expect(made.tags).toEqual({ tier: 'app', [REPLACEMENT_TAG]: OLD, [MIGRATION_TAG]: `${PLAN} invocation-1` });
    expect(isReplacement({ ...group(NEW), tags: made.tags }, made)).toBe(true);
    expect(isReplacement({ ...group(NEW), tags: { ...made.tags, [MIGRATION_TAG]: 'another' } }, made)).toBe(false);
    const forged = replacementFor(group(OLD, [], tags), { ...OCCASION, owner: '' }, { names: [], avoid: [] });
    expect(isReplacement({ ...group(NEW), tags: forged.tags }, made)).toBe(false);
  });
});

describe('the rules that a migration needs', () => {
  it('are those of the default group, its members’ among each other in all four ways, and a double for each that names it', () => {
    const naming = [{ group: group('sg-00000000000000da7', [rule('sg-00000000000000da7', OLD, 3)]), facts: {} }];
    expect(texts(wantedRules(scene({ naming }), NEW, new Set()))).toEqual([
      `${NEW} 1 ${NEW}`,
      `${NEW} 1 ${OLD}`,
      `${OLD} 1 ${NEW}`,
      `${NEW} 2 address`,
      `sg-00000000000000da7 3 ${NEW}`,
    ]);
  });

  it('leave out what names a group that is gone', () => {
    const gone = 'sg-000000000000000ff';
    const one = scene({
      old: group(OLD, [rule(OLD, gone, 1)]),
      facts: { attachments: [eni('1')], referencedBy: [], peers: new Map([[gone, 'gone']]) },
    });
    expect(wantedRules(one, NEW, new Set())).toEqual([]);
  });
});

describe('the next stretch of a migration', () => {
  it('is to make the replacement, and nothing else', () => {
    expect(plan(scene())).toEqual({ kind: 'next', steps: [{ do: 'create', like }] });
  });

  it('is to add every rule that does not stand, one call for each group and direction', () => {
    const course = plan(scene({ replacement: { group: group(NEW), attachments: [], referencedBy: [] } }));
    expect(course.kind === 'next' ? course.steps.map((step) => step.do) : []).toEqual(['admit', 'admit']);
  });

  it('puts ten interfaces at a time, and takes none off while another lacks the replacement', () => {
    const rules = [rule(NEW, NEW, 1), rule(NEW, OLD, 1), rule(NEW, '10.0.0.0/8', 2)];
    const old = group(OLD, [rule(OLD, OLD, 1), rule(OLD, '10.0.0.0/8', 2), rule(OLD, NEW, 1)]);
    const both = Array.from({ length: 5 }, (_, index) => eni(`b${index}`, { groupIds: [OLD, NEW] }));
    const lacking = Array.from({ length: 12 }, (_, index) => eni(`l${index}`));
    const replacement = { group: group(NEW, rules), attachments: both, referencedBy: [] };
    const facts = { attachments: [...both, ...lacking], referencedBy: [], peers: new Map() };
    const course = plan(scene({ old, replacement, facts }));
    expect(course.kind === 'next' ? course.steps : []).toHaveLength(10);
    expect(course.kind === 'next' ? course.steps.every((step) => step.do === 'attach') : false).toBe(true);
    const last = plan(scene({ old, replacement, facts: { ...facts, attachments: both } }));
    expect(last.kind === 'next' ? last.steps[0] : undefined).toEqual({
      do: 'detach',
      interfaceId: 'eni-b0',
      groupId: OLD,
      groupIds: [NEW],
    });
  });
});

describe('the command that people are given', () => {
  const command = (more: Partial<Attachment>) =>
    commandFor(eni('1', { groupIds: ['sg-0000000000000000a', OLD], ...more }), { from: OLD, to: NEW });

  it.each<[Partial<Attachment>, string]>([
    [
      { owner: 'rds', description: 'RDSNetworkInterface' },
      `aws rds modify-db-instance --apply-immediately --db-instance-identifier NAME --vpc-security-group-ids sg-0000000000000000a ${NEW}`,
    ],
    [
      { owner: 'elasticache', description: 'ElastiCache orders-001' },
      `aws elasticache modify-cache-cluster --apply-immediately --cache-cluster-id orders-001 --security-group-ids sg-0000000000000000a ${NEW}`,
    ],
    [
      { owner: 'elb', description: 'ELB app/shop/0123456789abcdef' },
      `aws elbv2 set-security-groups --load-balancer-arn "$(aws elbv2 describe-load-balancers --names shop `,
    ],
    [
      { owner: 'elb', description: 'ELB shop' },
      'aws elb apply-security-groups-to-load-balancer --load-balancer-name shop --security-groups',
    ],
    [{ owner: 'redshift' }, 'aws redshift modify-cluster --cluster-identifier NAME'],
    [{ owner: 'dms' }, 'aws dms modify-replication-instance'],
    [
      { owner: 'efs', description: 'EFS mount target for fs-0123456789abcdef0 (fsmt-0123456789abcdef0)' },
      'aws efs modify-mount-target-security-groups --mount-target-id fsmt-0123456789abcdef0',
    ],
    [
      { owner: 'vpc-endpoint', description: 'VPC Endpoint Interface vpce-0123456789abcdef0' },
      `aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0123456789abcdef0 --add-security-group-ids ${NEW} --remove-security-group-ids ${OLD}`,
    ],
    [{ owner: 'ecs' }, 'aws ecs update-service'],
    [
      { owner: 'ec2' },
      `aws ec2 modify-network-interface-attribute --network-interface-id eni-1 --groups sg-0000000000000000a ${NEW}`,
    ],
    [{}, 'aws ec2 modify-network-interface-attribute'],
  ])('names the service’s own call: %j', (more, expected) => {
    expect(command(more)).toContain(expected);
  });

  it('takes no name out of a description that a shell would run', () => {
    for (const name of ['$(reboot)', 'a;reboot', '`x`', '-rf', "a'b", 'a b'])
      for (const [owner, before, after] of [
        ['elasticache', 'ElastiCache ', ''],
        ['elb', 'ELB app/', '/0'],
        ['elb', 'ELB ', ''],
        ['lambda', 'AWS Lambda VPC ENI-', '-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f'],
      ] as const)
        expect(command({ owner, description: `${before}${name}${after}` })).not.toContain(name);
  });
});
