import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { secretStore } from '../../../shared/adapters/aws/secrets-manager.ts';
import { InputInvalid } from '../../../shared/domain/errors.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:portcullis-abcdef';

/** A client whose calls end in these answers, one after the other. */
function answering(...answers: readonly (string | Error)[]) {
  const client = new SecretsManagerClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const asked: unknown[] = [];
  client.middlewareStack.add(
    () => async (args) => {
      asked.push(args.input);
      const answer = answers[asked.length - 1];
      if (answer instanceof Error || answer === undefined) throw answer ?? new Error('the test has no more answers');
      return { output: { $metadata: {}, SecretString: answer }, response: {} };
    },
    { step: 'initialize', name: 'answering' },
  );
  return { client, asked };
}

describe('the key ring', () => {
  it('reads the secret at most every five minutes', async () => {
    const { client, asked } = answering('{"slackBotToken":"one"}', '{"slackBotToken":"two"}');
    let time = 0;
    const keys = secretStore(client, ARN, { now: () => time });
    expect(await keys.read()).toMatchObject({ slackBotToken: 'one' });
    time = 299_999;
    expect(await keys.read()).toMatchObject({ slackBotToken: 'one' });
    time = 300_000;
    expect(await keys.read()).toMatchObject({ slackBotToken: 'two' });
    expect(asked).toEqual([{ SecretId: ARN }, { SecretId: ARN }]);
  });

  it('does not keep a reading that failed', async () => {
    const missing = new ResourceNotFoundException({ message: 'no such secret', $metadata: {} });
    const { client } = answering(missing, 'not JSON, but xoxb-secret', '{}');
    const keys = secretStore(client, ARN, { now: () => 0 });
    await expect(keys.read()).rejects.toMatchObject({ call: 'GetSecretValue', code: 'ResourceNotFoundException' });
    const unreadable: unknown = await keys.read().catch((error: unknown) => error);
    expect(unreadable).toBeInstanceOf(InputInvalid);
    expect(String(unreadable)).not.toContain('xoxb');
    expect(await keys.read()).toEqual({ webhooks: {}, pagerDuty: {} });
  });
});
