import { type FunctionUrl, FunctionUrlAuthType, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';

/**
 * Where Slack sends the buttons that people press. Anybody can call it: what is not signed by Slack is refused by the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export const buttonsUrl = (onAction: Lambda): FunctionUrl =>
  onAction.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
