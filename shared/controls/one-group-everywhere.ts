import type { Control, ControlDocs } from '../domain/control.ts';
import type { SpreadOptions } from '../domain/control-options.ts';
import { type Attachment, type InterfaceOwner, isDefaultGroup } from '../domain/group.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase, ownGroup } from './parts/documentation.ts';
import { countedInterfaces, namedServices, servicesOf } from './parts/names.ts';

const id = 'one-group-everywhere';
const severity = 'low';

/**
 * One group is on many interfaces, or on several kinds of service.
 *
 * A rule for one of them is a rule for all. Default groups are left to default-group-in-use.
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

function attachments(count: number, owner: InterfaceOwner): readonly Attachment[] {
  return Array.from({ length: count }, (_, index) => ({
    interfaceId: `eni-${index.toString(16).padStart(17, '0')}`,
    description: '',
    type: 'interface',
    owner,
  }));
}

/** Documentation of one-group-everywhere. */
export const docs = {
  why: 'A group that hangs on everything can be changed for nothing: a rule that one service needs opens all others, and a rule that is removed may break any of them.',
  fires:
    'The group is on more than `maxInterfaces` network interfaces (the first 1,000 are read), or on more than `maxServices` kinds of service: EC2 instances, RDS, ElastiCache, Redshift, Lambda, load balancers, ECS, EFS, DMS, VPC endpoints, NAT gateways.',
  fix: () =>
    ownGroup('Give each service a group of its own; groups can be added to an interface beside others (5, up to 16).'),
  example: 'one-group-everywhere: {maxInterfaces: 200, maxServices: 3}',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups'],
  cases: () => ({
    invalid: [
      aCase('51 instances', [], { facts: { attachments: attachments(51, 'ec2') } }),
      aCase('more interfaces than are read', [], { facts: { attachments: attachments(1000, 'ec2') } }),
      aCase('an instance, a database and a function', [], {
        facts: { attachments: [...attachments(1, 'ec2'), ...attachments(1, 'rds'), ...attachments(1, 'lambda')] },
      }),
    ],
    valid: [
      aCase('50 instances', [], { facts: { attachments: attachments(50, 'ec2') } }),
      aCase('a function and its database', [], {
        facts: { attachments: [...attachments(9, 'lambda'), ...attachments(1, 'rds')] },
      }),
      aCase('a default group, which default-group-in-use names', [], {
        group: { name: 'default' },
        facts: { attachments: attachments(51, 'ec2') },
      }),
      aCase('nothing', []),
    ],
  }),
} satisfies ControlDocs;
