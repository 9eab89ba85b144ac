import { CANARY_CONTROL, canaryGroup, hasCanaryTag, isMarker, markerRule } from '../domain/canary.ts';
import type { Control, ControlDocs } from '../domain/control.ts';
import { DEFAULT_CELL } from '../domain/policy.ts';
import { byFreshness } from './parts/common.ts';
import { aCase, ingress } from './parts/documentation.ts';

const id = CANARY_CONTROL;
const severity = 'low';

/**
 * The marker that the cell itself puts into its own group, to measure how long the way from a change to its end takes.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5737
 */
export const canary: Control = {
  id,
  title: "The cell's own canary",
  severity,
  on: ['rules-added', 'rules-modified', 'sweep'],
  needs: {},
  own: true,
  defaults: { fresh: 'enforce', existing: 'enforce', remedy: 'revoke' },
  evaluate: ({ group, fresh }) =>
    hasCanaryTag(group)
      ? byFreshness(group.rules.filter(isMarker), fresh).map((part) => ({
          control: id,
          severity,
          ...part,
          exposures: [],
        }))
      : [],
  explain: () => 'the marker by which Portcullis measures how long closing takes; it exposes nothing',
};

const MARKER = { ...ingress('tcp', 9, '192.0.2.0/24'), ...markerRule(0) };

const { name, tags } = canaryGroup(DEFAULT_CELL);
const NEST = { group: { name, tags } };

/** Documentation of canary. */
export const docs = {
  why: 'A net that tore in silence looks like one that holds: a trail that was switched off, an event rule that was deleted, a role that lost a permission. So Portcullis puts a rule of its own into a group of its own twice an hour and measures how long it takes until the event of that call has come round and the rule is gone. An alarm is raised where that is late or does not happen.',
  fires:
    'The marker (TCP 9, the discard port, from 192.0.2.0/24, which is kept for documentation and routed nowhere) stands in a group with the tag `portcullis:canary`, whose value is the name of the cell: a cell closes the marker of its own group, and leaves the markers of other cells to them. Nobody is told of its closing, unless that fails. No other control sees the marker, and none says anything about that group as such; every other rule in it is judged as in any group. Presets leave its modes alone. Where the switch or the mode of the account holds it below `enforce`, or where it is off, no marker is put, and the metric CanarySkipped tells so. No exemption covers the marker or its group.',
  fix: () => ({
    instead:
      'Nothing is to be fixed. A marker that stays for minutes means that events do not arrive: see canary-late in the runbook.',
    console:
      'VPC → Security groups → Portcullis-canary → Inbound rules: the description of the rule says when it was put. Deleting it does no harm.',
    cli: "aws ec2 describe-security-group-rules --filters Name=group-id,Values=sg-canary --query 'SecurityGroupRules[].Description'",
    cdk: '// The group is made by the function that grants, when it puts the first marker.',
    terraform: '# The group is made by the function that grants: leave it out of the code.',
  }),
  example: 'canary: off',
  frameworks: {},
  see: ['https://www.rfc-editor.org/rfc/rfc5737'],
  cases: () => ({
    invalid: [
      aCase("the marker in the canary's group", [MARKER], NEST),
      aCase('the marker in any group that has the tag', [MARKER], { group: { tags } }),
    ],
    valid: [
      aCase('the same rule in a group without the tag', [MARKER]),
      aCase("the canary's group without its marker", [], NEST),
      aCase('another rule of that group, which the others judge', [ingress('tcp', 22, '0.0.0.0/0')], NEST),
      aCase('the same range on another port', [ingress('tcp', 10, '192.0.2.0/24')], NEST),
      aCase('the same port from a part of the range', [ingress('tcp', 9, '192.0.2.0/25')], NEST),
    ],
  }),
} satisfies ControlDocs;
