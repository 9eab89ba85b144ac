import { plainText, webAddress } from './check-text.ts';
import { type Check, object, oneOf, string } from './shape.ts';

const style = oneOf('primary', 'danger');

/** @see https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
const confirmation: Check = object(
  { title: plainText(100), text: plainText(300), confirm: plainText(30), deny: plainText(30) },
  { style },
);

/** @see https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export const button: Check = object(
  { type: oneOf('button'), text: plainText(75) },
  {
    action_id: string(255),
    value: string(2000),
    url: webAddress,
    style,
    confirm: confirmation,
    accessibility_label: string(75),
  },
);
