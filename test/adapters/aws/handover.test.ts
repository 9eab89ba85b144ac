import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import { grantQueueTo } from '../../../shared/adapters/aws/cells/cell.ts';
import { personalSettings } from '../../../shared/adapters/aws/clients/personal.ts';
import { CLIENT_SETTINGS } from '../../../shared/adapters/aws/clients/settings.ts';
import { commandClient, grantQueue, reevaluationQueue } from '../../../shared/adapters/aws/lambda.ts';
import { signedIn } from '../../../shared/adapters/aws/sts.ts';
import type { Command } from '../../../shared/domain/command.ts';
import { CallFailed, InputInvalid } from '../../../shared/domain/errors.ts';
import type { LedgerEntry } from '../../../shared/domain/ledger.ts';
import { readCommand } from '../../../shared/events/requests/command.ts';
import { readReevaluationRequest } from '../../../shared/events/requests/internal-request.ts';
import { onThisMachine } from '../../system.ts';

let local: LocalAccount;
let lambda: LambdaClient;
let events: unknown[];

function deploy(name: string, target: (event: unknown) => Promise<unknown>) {
  return local.functions.deploy({ name, target, timeoutMs: 1000 });
}

beforeEach(async () => {
  const session = {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/ops/ann@example.com',
    name: 'ann@example.com',
  } as const;
  local = await startLocalAccount({ region: 'eu-west-1', principals: { AKIASESSION000000000: session } });
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: local.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIASESSION000000000',
    AWS_SECRET_ACCESS_KEY: 'not-checked',
  }))
    vi.stubEnv(name, value);
  lambda = new LambdaClient({ maxAttempts: 3 });
  events = [];
  deploy('grant', async (event) => void events.push(event));
  deploy('change', async (event) => void events.push(event));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  lambda.destroy();
  await local.close();
});

const COMMAND: Command = { do: 'follow', groupId: 'sg-1', planId: 'plan-1' };

describe('the handover', () => {
  it('is a command that the function that grants can read, and waits for nothing', async () => {
    await grantQueue(lambda, 'grant').requestGrants('sg-1', 'plan-1');
    await local.background.drain();
    expect(events.map(readCommand)).toEqual([COMMAND]);
    expect(local.calls.at(-1)?.input).toMatchObject({ FunctionName: 'grant', InvocationType: 'Event' });
  });

  it('loads its client when there is something to hand over', async () => {
    await grantQueueTo('grant', CLIENT_SETTINGS).requestGrants('sg-1', 'plan-1');
    await local.background.drain();
    expect(events).toEqual([COMMAND]);
  });

  it('comes at least once where the connection breaks after Lambda had it', async () => {
    local.faults.push({ service: 'lambda', operation: 'Invoke', kind: 'reset-after', times: 1 });
    await grantQueue(lambda, 'grant').requestGrants('sg-1', 'plan-1');
    await local.background.drain();
    expect(events).toEqual([COMMAND, COMMAND]);
  });

  it.each([
    ['throttle', 'TooManyRequestsException', true],
    ['internal-error', 'ServiceException', true],
    ['unauthorized', 'AccessDeniedException', false],
  ] as const)('fails with Lambda’s own word on a fault (%s)', async (kind, code, retryable) => {
    local.faults.push({ service: 'lambda', kind });
    const handing = grantQueue(new LambdaClient({ maxAttempts: 1 }), 'grant').requestGrants('sg-1', 'plan-1');
    await expect(handing).rejects.toMatchObject({ call: 'Invoke', code, retryable });
  });

  it('fails where there is no such function', async () => {
    await expect(grantQueue(lambda, 'nobody').requestGrants('sg-1', 'plan-1')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      retryable: false,
    });
  });
});

describe('the request to look again', () => {
  const entry = { plan: { id: 'plan-1', decision: { group: { id: 'sg-1' } } } } as LedgerEntry;

  it('comes in a form that nothing else has', async () => {
    await reevaluationQueue(lambda, 'change').requestApproved(entry);
    await reevaluationQueue(lambda, 'change').requestRevokeOfGrants(entry);
    await reevaluationQueue(lambda, 'change').requestEvaluation(['sg-1', 'sg-2'], 'eu-west-1');
    await local.background.drain();
    expect(events.map(readReevaluationRequest)).toEqual([
      { do: 'release', groupId: 'sg-1', planId: 'plan-1' },
      { do: 'take-back', groupId: 'sg-1', planId: 'plan-1' },
      { do: 'look', groupIds: ['sg-1', 'sg-2'], region: 'eu-west-1' },
    ]);
  });

  it('splits many groups into several requests, and asks nobody for none', async () => {
    const ids = Array.from({ length: 250 }, (_, n) => `sg-${n}`);
    await reevaluationQueue(lambda, 'change').requestEvaluation(ids, 'eu-west-1');
    await reevaluationQueue(lambda, 'change').requestEvaluation([], 'eu-west-1');
    await local.background.drain();
    const asked = events
      .map(readReevaluationRequest)
      .flatMap((request) => (request.do === 'look' ? [request.groupIds] : []));
    expect(asked.map((part) => part.length)).toEqual([100, 100, 50]);
    expect(asked.flat()).toEqual(ids);
  });
});

describe('the command client', () => {
  const send = async (command: Command, functionName = 'grant') =>
    await commandClient(
      personalSettings({ region: 'eu-west-1', environment: {} }),
      functionName,
      signedIn(personalSettings({ region: 'eu-west-1', environment: {} }), onThisMachine).prove,
    )(command);

  it('waits for what comes of a command', async () => {
    deploy('grant', async () => ({ kind: 'resumed', released: 2 }));
    const by = { name: 'ann', through: 'command-line' } as const;
    expect(await send({ do: 'resume-budget', by, reason: 'checked' })).toEqual({ kind: 'resumed', released: 2 });
    expect(local.calls.at(-1)?.input).toMatchObject({ InvocationType: 'RequestResponse' });
  });

  it('says what the function failed with', async () => {
    deploy('grant', async () => {
      throw new InputInvalid('environment: LEDGER_TABLE is not set');
    });
    const sending = send(COMMAND);
    await expect(sending).rejects.toThrow(CallFailed);
    await expect(sending).rejects.toThrow('grant: InputInvalid: environment: LEDGER_TABLE is not set');
  });

  it('does not take an answer for a result that is none', async () => {
    deploy('grant', async () => 'done');
    await expect(send(COMMAND)).rejects.toThrow('grant: FunctionError: no message; see the log of the function');
    deploy('grant', async () => undefined);
    await expect(send(COMMAND)).rejects.toThrow('FunctionError');
  });

  it('sends no command twice by itself', async () => {
    deploy('grant', async (event) => {
      events.push(event);
      return { kind: 'resumed', released: 0 };
    });
    local.faults.push({ service: 'lambda', kind: 'reset-after', times: 1 });
    await expect(send(COMMAND)).rejects.toMatchObject({ call: 'Invoke', retryable: true });
    expect(events).toHaveLength(1);
  });

  it('names whoever the credentials belong to', async () => {
    expect(await signedIn(personalSettings({ region: 'eu-west-1', environment: {} }), onThisMachine).person()).toEqual({
      name: 'ann@example.com',
      arn: 'arn:aws:sts::111122223333:assumed-role/ops/ann@example.com',
      through: 'command-line',
    });
  });

  it.each([
    ['IAMUser', 'arn:aws:iam::111122223333:user/team/ben', 'ben'],
    ['Root', 'arn:aws:iam::111122223333:root', 'root'],
  ] as const)('calls a caller of type %s with the ARN %s %s', async (type, arn, name) => {
    const other = await startLocalAccount({ principals: { AKIASESSION000000000: { type, arn, name: 'unused' } } });
    vi.stubEnv('AWS_ENDPOINT_URL', other.endpoint);
    expect(await signedIn(personalSettings({ region: 'eu-west-1', environment: {} }), onThisMachine).person()).toEqual({
      name,
      arn,
      through: 'command-line',
    });
    await other.close();
  });
});
