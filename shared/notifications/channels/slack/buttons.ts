import { type Action, actionSpec } from '../../../domain/action.ts';
import type { Message } from '../../../domain/message.ts';
import { plainText, type SlackBlock } from './block-kit.ts';

/** Slack's limits: 100 characters for the title of a dialog, 300 for its text and 30 for its buttons. */
function confirmDialog({ label, style = 'primary', confirm }: ReturnType<typeof actionSpec>): SlackBlock {
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
  const spec = actionSpec(action);
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
 * The buttons of a message. Their only value is the remediation's id, which grants nothing by itself.
 *
 * @see https://docs.slack.dev/reference/block-kit/block-elements/button-element
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
 */
export function buttonBlocks({ actions, remediationId }: Message): readonly SlackBlock[] {
  return remediationId === undefined || actions.length === 0
    ? []
    : [{ type: 'actions', elements: [...new Set(actions)].map((action) => buttonElement(action, remediationId)) }];
}
