import { type FunctionUrl, FunctionUrlAuthType, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { ButtonsExtent } from './options/registry.ts';

/**
 * Where Slack sends the buttons that people press. Anybody can call it: what is not signed by Slack is refused by the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
function buttonsUrl(onAction: Lambda): FunctionUrl {
  return onAction.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
}

/** Makes the way in for presses of buttons, and returns the outputs that say where it is. */
export function buttonsFront(
  onAction: Lambda | undefined,
  extent: ButtonsExtent = 'url',
): Readonly<Record<string, string>> {
  if (onAction === undefined) return {};
  return extent === 'private' ? { ActionFunction: onAction.functionArn } : { ButtonsUrl: buttonsUrl(onAction).url };
}
