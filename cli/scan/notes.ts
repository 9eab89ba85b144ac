import { CONTROLS } from '../../shared/controls/registry.ts';
import type { AnyControl } from '../../shared/domain/controls/control.ts';
import type { Need } from '../../shared/domain/controls/facts.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import { enabledControls } from '../../shared/remediation/decide/enabled.ts';
import { counted } from '../../shared/reports/lines.ts';
import { ASSUMED } from './judge-known.ts';
import type { Tally } from './tally.ts';

const WHOLE_VPC = 'every group of the VPC, its default group too';

/** What an input has to hold for a fact to be known. */
const TOLD_BY = {
  attachments: 'NetworkInterfaces',
  reachability: 'NetworkInterfaces and RouteTables',
  vpcCidrs: 'Vpcs',
  peers: WHOLE_VPC,
  referencedBy: WHOLE_VPC,
  twins: WHOLE_VPC,
  neighbours: 'NetworkInterfaces, of groups that share none; the live account otherwise',
  episodes: 'the ledger of a cell',
  change: 'an event',
} as const satisfies Readonly<Record<Need, string>>;

/** `unused-group (NetworkInterfaces)`; with the number of groups where it ran on some. */
const lackOf = ({ id, needs }: AnyControl, { lacking, groups }: Tally): readonly string[] => {
  const missing = Array.from(lacking).filter(([need]) => needs[need] && !(need in (ASSUMED[id] ?? {})));
  if (missing.length === 0) return [];
  const count = Math.max(...missing.map(([, lack]) => lack));
  const where = count === groups ? '' : ` in ${count} of ${counted(groups, 'group')}`;
  return [`${id}${where} (${[...new Set(missing.map(([need]) => TOLD_BY[need]))].join('; ')})`];
};

const notRun = (tally: Tally, policy: Policy): readonly string[] => {
  const lacks = enabledControls(policy, 'sweep').flatMap((control) => lackOf(control, tally));
  return lacks.length === 0 ? [] : [`not judged, as the input does not tell what it takes: ${lacks.join(', ')}.`];
};

/** Whether a control has findings of this kind. */
const found = ({ byControl }: Tally, isOne: (control: AnyControl) => boolean): boolean =>
  CONTROLS.some((control) => isOne(control) && byControl.has(control.id));

const assumes =
  (need: Need) =>
  ({ id }: AnyControl): boolean =>
    need in (ASSUMED[id] ?? {});

/** What files cannot tell, where it bears on the verdicts. */
export const notesOn = (tally: Tally, policy: Policy): readonly string[] => {
  const { nameless, lacking } = tally;
  const isUseUnknown = lacking.has('attachments') && found(tally, assumes('attachments'));
  const withoutBlocks = lacking.has('vpcCidrs') ? enabledControls(policy, 'sweep').filter(assumes('vpcCidrs')) : [];
  return [
    ...(nameless === 0
      ? []
      : [
          `${counted(nameless, 'group')} without a name in the input (DescribeSecurityGroupRules has none): default groups and groups of AWS services cannot be told.`,
        ]),
    ...(isUseUnknown
      ? [
          'the input does not say which groups are in use (NetworkInterfaces): a default group in use is alerted on, never stripped.',
        ]
      : []),
    ...withoutBlocks.map(
      ({ id }) => `${id} looked for private ranges alone: the input does not tell the CIDR blocks of every VPC (Vpcs).`,
    ),
    ...(found(tally, ({ needs }) => needs.referencedBy === true)
      ? [
          'launch templates name groups, too, and so do functions and peered VPCs: those are known only where the input has LaunchTemplateVersions, Functions and SecurityGroupReferenceSet.',
        ]
      : []),
    ...notRun(tally, policy),
  ];
};
