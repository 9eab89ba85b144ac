import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { observed, throughDoors } from '../../functions/runtime/handler.ts';
import type { Handler } from '../../functions/runtime/runtime.ts';
import { telemetryTo } from '../../infra/local/cell/containers.ts';
import { ENVIRONMENT } from '../../shared/catalogue.ts';
import type { Environment } from '../../shared/domain/runtime.ts';

const WHOLE = 'arn:aws:lambda:eu-west-1:111122223333:function:Portcullis-on-grant:requests';

const environment: Environment = {
  AWS_REGION: 'eu-west-1',
  [ENVIRONMENT.noticesTopic]: 'arn:aws:sns:eu-west-1:111122223333:Portcullis-Notices',
};

/**
 * The ARN that a handler behind the alias `requests` is given for an invocation that names the function like
 * this.
 */
async function givenFor(invokedFunctionArn: string, settings = environment): Promise<string> {
  const requests: Handler<string> = async (_event, context) => await Promise.resolve(context.invokedFunctionArn);
  const handler = observed(
    { environment: settings, ...telemetryTo(() => undefined) },
    throughDoors<'onGrant', string>('onGrant', { requests }),
  );
  return await handler({}, { invokedFunctionArn, getRemainingTimeInMillis: () => 1000 } as Context);
}

describe('the ARN of an invocation', () => {
  it.each([
    ['its ARN', WHOLE],
    ['its name and the alias', 'Portcullis-on-grant:requests'],
    ['a part of its ARN', '111122223333:function:Portcullis-on-grant:requests'],
  ])('is whole for the handler where the caller gave %s', async (_what, named) => {
    expect(await givenFor(named)).toBe(WHOLE);
  });

  it('takes the account from the secret of the alerts in a function that knows no topic', async () => {
    const settings = {
      AWS_REGION: 'eu-west-1',
      [ENVIRONMENT.alertsSecret]: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x',
    };
    expect(await givenFor('Portcullis-on-grant:requests', settings)).toBe(WHOLE);
  });

  it('has no alias if the function was invoked by its bare name, which is refused', async () => {
    await expect(givenFor('Portcullis-on-grant')).rejects.toThrow(/invoke one of its aliases/);
  });
});
