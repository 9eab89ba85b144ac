import type { Control, ControlDocs } from '../domain/control.ts';
import { type Attachment, isDefaultGroup } from '../domain/group.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase, BOUNDARY, ownGroup } from './parts/documentation.ts';
import { countedInterfaces, holdsData, namedServices, servicesOf } from './parts/names.ts';

const id = 'default-group-in-use';

function used(attachments: readonly Attachment[]): string {
  return `the default group of the VPC is on ${countedInterfaces(attachments)}: ${namedServices(servicesOf(attachments))}`;
}

/**
 * A network interface uses a VPC's default group.
 *
 * The severity is higher if a database, a cache or a warehouse uses it, because every other member reaches
 * the data.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export const defaultGroupInUse: Control<'attachments'> = {
  id,
  title: 'The default group is in use',
  severity: 'medium',
  on: ['attached', 'sweep'],
  needs: { attachments: true },
  defaults: { fresh: 'alert', existing: 'alert', remedy: 'revoke' },
  couldFire: isDefaultGroup,
  evaluate: ({ group, facts: { attachments }, trigger }) => {
    if (!isDefaultGroup(group) || attachments.length === 0) return [];
    const severity = holdsData(servicesOf(attachments)) ? 'high' : 'medium';
    return [aboutGroup(id, severity, trigger === 'attached' ? 'fresh' : 'existing', used(attachments))];
  },
  explain: explainDetail,
};

function attachedTo(owner: NonNullable<Attachment['owner']>): Attachment {
  return {
    interfaceId: 'eni-0123456789abcdef0',
    description: '',
    type: 'interface',
    owner,
  };
}

/** Documentation of default-group-in-use. */
export const docs = {
  why: 'A resource that is launched without a group gets the default group of the VPC. All members of the default group reach each other on every port, and people hesitate to remove its rules.',
  fires:
    'At least one network interface uses the group named `default`. The severity is high if RDS, ElastiCache or Redshift uses it. Otherwise it is medium.',
  fix: () =>
    ownGroup(
      'Give each workload its own group, and remove the default group from its interfaces. When nothing uses the default group, remove its rules.',
    ),
  example: 'default-group-in-use: {existing: observe}',
  frameworks: { 'AWS Security Hub': ['EC2.2'], 'CIS AWS Foundations 3.0': ['5.4'], 'NIST 800-53 r5': BOUNDARY },
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/changing-security-group.html'],
  cases: () => ({
    invalid: [
      aCase('an instance in it', [], { group: { name: 'default' }, facts: { attachments: [attachedTo('ec2')] } }),
      aCase('a database in it', [], { group: { name: 'default' }, facts: { attachments: [attachedTo('rds')] } }),
      aCase('an instance put into it just now', [], {
        group: { name: 'default' },
        facts: { attachments: [attachedTo('ec2')] },
        trigger: 'attached',
      }),
    ],
    valid: [
      aCase('a default group that nothing uses', [], { group: { name: 'default' } }),
      aCase('another group in use', [], { group: { name: 'web' }, facts: { attachments: [attachedTo('ec2')] } }),
    ],
  }),
} satisfies ControlDocs;
