import { type FunctionUrl, FunctionUrlAuthType, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { acceptFindings } from './accepted-findings.ts';
import type { ButtonsExtent } from './options/registry.ts';

/**
 * Where Slack sends the buttons that people press. Anybody can call it: what is not signed by Slack is refused by the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
function buttonsUrl(onAction: Lambda): FunctionUrl {
  const url = onAction.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  acceptFindings(url, {
    CKV_AWS_258:
      "Slack cannot sign requests for IAM: the function verifies Slack's own signature. The option buttons=private leaves the URL out.",
  });
  return url;
}

/** Makes the way in for presses of buttons, and returns the outputs that say where it is. */
export function buttonsFront(
  onAction: Lambda | undefined,
  extent: ButtonsExtent = 'url',
): Readonly<Record<string, string>> {
  if (onAction === undefined) return {};
  return extent === 'private' ? { ActionFunction: onAction.functionArn } : { ButtonsUrl: buttonsUrl(onAction).url };
}
