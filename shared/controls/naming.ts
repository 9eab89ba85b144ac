import type { Control, ControlDocs } from '../domain/control.ts';
import type { NamingOptions } from '../domain/control-options.ts';
import { type GroupIdentity, isDefaultGroup } from '../domain/group.ts';
import { matchesGlob } from '../domain/identity.ts';
import { sanitize } from '../network/format.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase } from './parts/documentation.ts';

const id = 'naming';
const severity = 'low';

function faultsOf({ name, tags }: GroupIdentity, { names, avoid, tagKeys }: NamingOptions): readonly string[] {
  const avoided = avoid.find((pattern) => matchesGlob(pattern, name));
  const isOff = names.length > 0 && !names.some((pattern) => matchesGlob(pattern, name));
  const missing = tagKeys.filter((key) => !Object.hasOwn(tags, key));
  return [
    ...(name.trim() === '' ? ['it has no name'] : []),
    ...(avoided === undefined ? [] : [`its name ${sanitize(name)} says nothing of what it is for`]),
    ...(isOff ? [`its name ${sanitize(name)} matches none of ${names.join(', ')}`] : []),
    ...missing.map((key) => `the tag ${key} is missing`),
  ];
}

/**
 * The name or the tags of a group do not match the policy's scheme.
 *
 * Without a scheme, the control reports only meaningless names: empty names, names of launch wizards, and
 * words like `test`.
 */
export const naming: Control<never, NamingOptions> = {
  id,
  title: 'A name or tags off the scheme',
  severity,
  on: ['group-created', 'sweep'],
  needs: {},
  defaults: {
    fresh: 'observe',
    existing: 'observe',
    remedy: 'revoke',
    names: [],
    avoid: ['launch-wizard-*', 'rds-launch-wizard*', 'test', 'tmp', 'temp', 'foo'],
    tagKeys: [],
  },
  evaluate: ({ group, trigger }, options) => {
    const faults = isDefaultGroup(group) ? [] : faultsOf(group, options);
    const freshness = trigger === 'group-created' ? 'fresh' : 'existing';
    return faults.length === 0 ? [] : [aboutGroup(id, severity, freshness, faults.join('; '))];
  },
  explain: explainDetail,
};

const SCHEME = { names: ['shop-*', 'bank-*'], tagKeys: ['owner'] };

/** Documentation of naming. */
export const docs = {
  why: 'At three in the morning, somebody has to decide whether a rule can be removed. The name that says what a group is for, and the tag that says who owns it, are often the only information.',
  fires:
    'The name is empty or matches a pattern of `avoid`, or it matches no pattern of `names` although the policy has some, or a tag of `tagKeys` is missing. Default groups are skipped because EC2 names them.',
  fix: () => ({
    instead:
      'Add the missing tags. You cannot change the name of a group: create a group with a new name, and move its users there.',
    console: 'VPC → Security groups → the group → Tags → Manage tags: add the missing tags and save.',
    cli: 'aws ec2 create-tags --resources sg-orders --tags Key=owner,Value=team-orders',
    cdk: "cdk.Tags.of(ordersGroup).add('owner', 'team-orders');",
    terraform: [
      'resource "aws_security_group" "orders" {',
      '  name = "shop-orders"',
      '  tags = { owner = "team-orders" }',
      '}',
    ].join('\n'),
  }),
  example: 'naming: {names: [shop-*, bank-*], tagKeys: [owner]}',
  frameworks: { 'AWS Security Hub': ['EC2.43'] },
  see: ['https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html'],
  cases: () => ({
    invalid: [
      aCase("the launch wizard's name", [], { group: { name: 'launch-wizard-1' } }),
      aCase('a name that says nothing', [], { group: { name: 'test' } }),
      aCase('no name', [], { group: { name: ' ' } }),
      aCase('a name off the scheme', [], { group: { name: 'orders', tags: { owner: 'ann' } }, options: SCHEME }),
      aCase('a tag of the scheme missing, in a new group', [], {
        group: { name: 'shop-orders' },
        options: SCHEME,
        trigger: 'group-created',
      }),
    ],
    valid: [
      aCase('a name that says something', [], { group: { name: 'test-runners' } }),
      aCase('a name and tags of the scheme', [], {
        group: { name: 'shop-orders', tags: { owner: 'ann' } },
        options: SCHEME,
      }),
      aCase('a default group', [], { group: { name: 'default' }, options: SCHEME }),
    ],
  }),
} satisfies ControlDocs;
