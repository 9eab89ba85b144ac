import type { Control, ControlDocs } from '../domain/control.ts';
import type { SpreadOptions } from '../domain/control-options.ts';
import { type Attachment, type InterfaceOwner, isDefaultGroup } from '../domain/group.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase, ownGroup } from './parts/documentation.ts';
import { countedInterfaces, namedServices, servicesOf } from './parts/names.ts';

const id = 'one-group-everywhere';
const severity = 'low';

/**
 * Many interfaces or several kinds of service use one group.
 *
 * Default groups are left to default-group-in-use.
 */
export const oneGroupEverywhere: Control<'attachments', SpreadOptions> = {
  id,
  title: 'One group is used everywhere',
  severity,
  on: ['sweep'],
  needs: { attachments: true },
  defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke', maxInterfaces: 50, maxServices: 2 },
  evaluate: ({ group, facts: { attachments } }, { maxInterfaces, maxServices }) => {
    const services = servicesOf(attachments);
    const isFew = attachments.length <= maxInterfaces && services.length <= maxServices;
    if (isDefaultGroup(group) || isFew) return [];
    return [
      aboutGroup(
        id,
        severity,
        'existing',
        `the group is on ${countedInterfaces(attachments)}: ${namedServices(services)}`,
      ),
    ];
  },
  explain: explainDetail,
};

function manyOf(count: number, owner: InterfaceOwner): readonly Attachment[] {
  return Array.from({ length: count }, (_, index) => ({
    interfaceId: `eni-${index.toString(16).padStart(17, '0')}`,
    description: '',
    type: 'interface',
    owner,
  }));
}

/** Documentation of one-group-everywhere. */
export const docs = {
  why: 'Nobody can change a group that everything uses: a rule that one service needs opens all other services, and the removal of a rule can break any of them.',
  fires:
    'More than `maxInterfaces` network interfaces (of the first 1,000) use the group, or more than `maxServices` kinds of service: EC2 instances, RDS, ElastiCache, Redshift, Lambda, load balancers, ECS, EFS, DMS, VPC endpoints, NAT gateways.',
  fix: () => ownGroup('Give each service its own group. An interface can have several groups: 5 by default, up to 16.'),
  example: 'one-group-everywhere: {maxInterfaces: 200, maxServices: 3}',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups'],
  cases: () => ({
    invalid: [
      aCase('51 instances', [], { facts: { attachments: manyOf(51, 'ec2') } }),
      aCase('more interfaces than are read', [], { facts: { attachments: manyOf(1000, 'ec2') } }),
      aCase('an instance, a database and a function', [], {
        facts: { attachments: [...manyOf(1, 'ec2'), ...manyOf(1, 'rds'), ...manyOf(1, 'lambda')] },
      }),
    ],
    valid: [
      aCase('50 instances', [], { facts: { attachments: manyOf(50, 'ec2') } }),
      aCase('a function and its database', [], {
        facts: { attachments: [...manyOf(9, 'lambda'), ...manyOf(1, 'rds')] },
      }),
      aCase('a default group, which default-group-in-use names', [], {
        group: { name: 'default' },
        facts: { attachments: manyOf(51, 'ec2') },
      }),
      aCase('nothing', []),
    ],
  }),
} satisfies ControlDocs;
