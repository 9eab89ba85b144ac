import { CANARY_CONTROL, canaryGroup, hasCanaryTag, isMarker, markerRule } from '../domain/canary.ts';
import type { Control, ControlDocs } from '../domain/control.ts';
import { DEFAULT_CELL } from '../domain/policy.ts';
import { ruleFindings } from './parts/common.ts';
import { aCase, ingress } from './parts/documentation.ts';

const id = CANARY_CONTROL;
const severity = 'low';

/**
 * The marker rule that the cell adds to its own group, to measure the time from a change to the removal.
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
    hasCanaryTag(group) ? ruleFindings(id, severity, group.rules.filter(isMarker), fresh) : [],
  explain: () => 'the marker by which Portcullis measures how long closing takes; it exposes nothing',
};

const MARKER = { ...ingress('tcp', 9, '192.0.2.0/24'), ...markerRule(0) };

const { name, tags } = canaryGroup(DEFAULT_CELL);
const CANARY_GROUP = { group: { name, tags } };

/** Documentation of canary. */
export const docs = {
  why: 'A broken pipeline looks like a quiet one: somebody stopped a trail, deleted an event rule or removed a permission of a role. So Portcullis adds a rule to a group of its own twice an hour. It measures the time until the event has arrived and the rule is removed. If the removal is late or does not happen, an alarm goes off.',
  fires:
    'The marker rule is in a group with the tag `portcullis:canary`. The marker opens TCP port 9 (discard) to 192.0.2.0/24, which is reserved for documentation and not routed. The value of the tag is the name of the cell, and a cell removes only the marker in its own group. Nobody is notified of the removal unless the removal fails. No other control evaluates the marker or reports the group itself, but every other rule in the group is evaluated as usual. Presets do not change the modes of this control. If the runtime switch or the mode of the account limits it below `enforce`, or if it is off, the cell adds no marker and counts that in the metric CanarySkipped. No exemption covers the marker or its group.',
  fix: () => ({
    instead:
      'There is nothing to fix. If a marker stays for minutes, events do not arrive: see canary-late in the runbook.',
    console:
      'VPC → Security groups → Portcullis-canary → Inbound rules: the description of the rule says when it was added. You can delete the rule safely.',
    cli: "aws ec2 describe-security-group-rules --filters Name=group-id,Values=sg-canary --query 'SecurityGroupRules[].Description'",
    cdk: '// The function on-grant creates the group when it adds the first marker.',
    terraform: '# The function on-grant creates the group. Do not manage it in code.',
  }),
  example: 'canary: off',
  frameworks: {},
  see: ['https://www.rfc-editor.org/rfc/rfc5737'],
  cases: () => ({
    invalid: [
      aCase("the marker in the canary's group", [MARKER], CANARY_GROUP),
      aCase('the marker in any group that has the tag', [MARKER], { group: { tags } }),
    ],
    valid: [
      aCase('the same rule in a group without the tag', [MARKER]),
      aCase("the canary's group without its marker", [], CANARY_GROUP),
      aCase('another rule of that group, which the others judge', [ingress('tcp', 22, '0.0.0.0/0')], CANARY_GROUP),
      aCase('the same range on another port', [ingress('tcp', 10, '192.0.2.0/24')], CANARY_GROUP),
      aCase('the same port from a part of the range', [ingress('tcp', 9, '192.0.2.0/25')], CANARY_GROUP),
    ],
  }),
} satisfies ControlDocs;
