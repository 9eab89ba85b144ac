import type { Action, Message } from '../../../domain/message.ts';
import { plainText, type SlackBlock } from './block-kit.ts';

interface ButtonSpec {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  /** Asked before what opens or closes something. */
  readonly confirm?: string;
}

/** Slack asks for danger to be rare, and primary to be one of a set. */
const BUTTONS = {
  restore: {
    label: 'Restore',
    style: 'danger',
    confirm: 'The rules are put back as they were: open to whomever they were open to.',
  },
  exempt: {
    label: 'Exempt for 24 h',
    confirm:
      'What is open, or is opened again, stays open for 24 hours. Then it is judged again: what was added or put back counts as new. The answer says what the policy does with it.',
  },
  approve: {
    label: 'Approve',
    style: 'primary',
    confirm: 'What was planned goes on: rules are removed, or a migration begins.',
  },
  decline: { label: 'Decline' },
  acknowledge: { label: 'Acknowledge' },
} as const satisfies Record<Action, ButtonSpec>;

/** Slack's limits are 75 for a label, 100 for a dialog's title, 300 for its text and 30 for its buttons. */
function confirmDialog({ label, style = 'primary', confirm }: ButtonSpec): SlackBlock {
  return confirm === undefined
    ? {}
    : {
        confirm: {
          title: plainText(`${label}?`, 100),
          text: plainText(confirm, 300),
          confirm: plainText(label, 30),
          deny: plainText('Cancel', 30),
          style,
        },
      };
}

function buttonElement(action: Action, value: string): SlackBlock {
  const spec: ButtonSpec = BUTTONS[action];
  return {
    type: 'button',
    action_id: action,
    text: plainText(spec.label, 75),
    value,
    ...(spec.style !== undefined && { style: spec.style }),
    ...confirmDialog(spec),
  };
}

/**
 * The buttons that still do something; none where there is nothing to name. All that they carry is the id, which says nothing by itself.
 *
 * @see https://docs.slack.dev/reference/block-kit/block-elements/button-element
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
 */
export function buttonBlocks({ actions, remediationId }: Message): readonly SlackBlock[] {
  return remediationId === undefined || actions.length === 0
    ? []
    : [{ type: 'actions', elements: [...new Set(actions)].map((action) => buttonElement(action, remediationId)) }];
}
