import type { Control, ControlDocs } from '../domain/control.ts';
import type { Attachment } from '../domain/group.ts';
import { sanitize } from '../network/format.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase, ownGroup } from './parts/documentation.ts';

const id = 'group-per-instance';
const severity = 'low';

/**
 * Names of groups that were made for one machine. Either the name contains the id of an instance or an
 * interface, or it is a numbered name of a launch wizard of EC2 or RDS.
 */
const FOR_ONE = /(?:^|[^a-z0-9])(?:i|eni)-[0-9a-f]{8,17}(?![0-9a-z])|^(?:rds-)?launch-wizard-\d+$/;

/**
 * The name of a group says that it was made for one machine, and one interface uses it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-instance-wizard.html
 */
export const groupPerInstance: Control<'attachments'> = {
  id,
  title: 'A group for each machine',
  severity,
  on: ['sweep'],
  needs: { attachments: true },
  defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke' },
  evaluate: ({ group, facts: { attachments } }) => {
    const [only, ...others] = attachments;
    if (only === undefined || others.length > 0 || !FOR_ONE.test(group.name)) return [];
    const seen = `the name ${sanitize(group.name)} tells of a group made for one machine, and one interface uses it: ${only.interfaceId}`;
    return [aboutGroup(id, severity, 'existing', seen)];
  },
  explain: explainDetail,
};

function machine(last: string): Attachment {
  return {
    interfaceId: `eni-0123456789abcde${last}`,
    description: '',
    type: 'interface',
    instanceId: `i-0123456789abcde${last}`,
    owner: 'ec2',
  };
}

/** Documentation of group-per-instance. */
export const docs = {
  why: 'A thousand machines with their own groups are a thousand places where somebody can forget a rule. A group stands for a role, and machines with the same role share it.',
  fires:
    'Exactly one interface uses the group, and its name contains the id of an instance or an interface (`i-…`, `eni-…`) or is a numbered name of a launch wizard (`launch-wizard-7`).',
  fix: () => ownGroup('Create one group for the role, and use it for all machines with that role.'),
  example: 'group-per-instance: off',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html'],
  cases: () => ({
    invalid: [
      aCase("an instance's id in the name", [], {
        group: { name: 'sg-for-i-0123456789abcdef0' },
        facts: { attachments: [machine('f0')] },
      }),
      aCase("the wizard's name", [], { group: { name: 'launch-wizard-7' }, facts: { attachments: [machine('f0')] } }),
    ],
    valid: [
      aCase('a group for a role, with one machine for now', [], {
        group: { name: 'bastion' },
        facts: { attachments: [machine('f0')] },
      }),
      aCase("the wizard's name on two machines", [], {
        group: { name: 'launch-wizard-7' },
        facts: { attachments: [machine('f0'), machine('f1')] },
      }),
      aCase('a name that merely ends like an id', [], {
        group: { name: 'api-0123456789' },
        facts: { attachments: [machine('f0')] },
      }),
      aCase("the wizard's name on nothing, which unused-group names", [], { group: { name: 'launch-wizard-7' } }),
    ],
  }),
} satisfies ControlDocs;
