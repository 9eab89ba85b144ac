import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Target } from '../../../../infra/local/delivery/invocation.ts';
import { virtualAccount } from '../in-process.ts';
import { clientConfig } from '../local-client.ts';

let local: Awaited<ReturnType<typeof virtualAccount>>;
let lambda: LambdaClient;

beforeEach(async () => {
  local = await virtualAccount();
  lambda = new LambdaClient({ ...clientConfig(local), maxAttempts: 1 });
});
afterEach(async () => {
  lambda.destroy();
  await local.close();
});

function deploy(target: Target, name = 'greeter') {
  return local.functions.deploy({ name, target, timeoutMs: 3000 });
}

async function invoke(
  event: unknown,
  more: { FunctionName?: string; Qualifier?: string; InvocationType?: 'Event' | 'DryRun' } = {},
) {
  return await lambda.send(
    new InvokeCommand({ FunctionName: 'greeter', Payload: Buffer.from(JSON.stringify(event)), ...more }),
  );
}

function textOf(payload: Uint8Array | undefined) {
  return new TextDecoder().decode(payload);
}

describe('a synchronous invocation', () => {
  test('returns the function’s result, and passes the function its context', async () => {
    deploy(async (event, context) => ({
      event,
      name: context.functionName,
      left: context.getRemainingTimeInMillis() <= 3000,
    }));
    const { StatusCode, ExecutedVersion, FunctionError, Payload } = await invoke({ hello: 'wörld' });
    expect([StatusCode, ExecutedVersion, FunctionError]).toEqual([200, '$LATEST', undefined]);
    expect(JSON.parse(textOf(Payload))).toEqual({ event: { hello: 'wörld' }, name: 'greeter', left: true });
  });

  test('of a function that throws succeeds, with an error in its result', async () => {
    deploy(async () => {
      throw new RangeError('too far');
    });
    const { StatusCode, FunctionError, Payload } = await invoke({});
    expect([StatusCode, FunctionError]).toEqual([200, 'Unhandled']);
    expect(JSON.parse(textOf(Payload))).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
  });

  test('of more than 6 MB is refused, and a response of more than 6 MB is a failure of the function', async () => {
    const most = { event: 6_291_456, answer: 6_291_556 };
    const text = (bytes: number) => 'x'.repeat(bytes - 2);
    deploy(async (event) => (event === 'as much as fits' ? text(most.answer) : text(most.answer + 1)));
    expect((await invoke(text(most.event))).FunctionError).toBe('Unhandled');
    await expect(invoke(text(most.event + 1))).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
    });
    expect((await invoke('as much as fits')).Payload).toHaveLength(most.answer);
    const { StatusCode, FunctionError, Payload } = await invoke('too much');
    expect([StatusCode, FunctionError, JSON.parse(textOf(Payload))]).toMatchObject([
      200,
      'Unhandled',
      { errorType: 'Function.ResponseSizeTooLarge', errorMessage: expect.stringContaining('6291556 bytes') },
    ]);
  });

  test('is attempted once', async () => {
    let attempts = 0;
    deploy(async () => {
      attempts += 1;
      throw new Error('no');
    });
    await invoke({});
    expect(attempts).toBe(1);
    expect(local.background.failures).toEqual([]);
  });

  test('finds the function by its ARN, too, and returns null for undefined', async () => {
    deploy(async () => undefined);
    const FunctionName = 'arn:aws:lambda:us-east-1:111122223333:function:greeter';
    expect(textOf((await invoke({}, { FunctionName })).Payload)).toBe('null');
  });
});

describe('an asynchronous invocation', () => {
  test('is answered before the function runs to its end', async () => {
    const order: string[] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    deploy(async () => {
      await gate;
      order.push('ran');
    });
    const { StatusCode } = await invoke({}, { InvocationType: 'Event' });
    order.push('answered');
    release();
    await local.background.drain();
    expect(StatusCode).toBe(202);
    expect(order).toEqual(['answered', 'ran']);
  });

  test('is attempted three times with the same request id, and then fails for good', async () => {
    const ids = new Set<string>();
    let attempts = 0;
    deploy(async (_event, { awsRequestId }) => {
      attempts += 1;
      ids.add(awsRequestId);
      throw new Error('never');
    });
    await invoke({ n: 1 }, { InvocationType: 'Event' });
    await local.background.drain();
    expect([attempts, ids.size]).toEqual([3, 1]);
    expect(local.background.failures).toMatchObject([{ event: { n: 1 }, attempts: 3 }]);
  });

  test('is waited for, with all work that it has started', async () => {
    const done: string[] = [];
    deploy(async () => void done.push('second'), 'second');
    deploy(async () => {
      await invoke({}, { FunctionName: 'second', InvocationType: 'Event' });
      done.push('first');
    });
    await invoke({}, { InvocationType: 'Event' });
    await local.background.drain();
    expect(done.toSorted()).toEqual(['first', 'second']);
  });
});

describe('a refused call', () => {
  test('names the unknown function', async () => {
    await expect(invoke({})).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:111122223333:function:greeter',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('has a body that is not JSON, an unknown invocation type, or another path', async () => {
    deploy(async () => undefined);
    const command = new InvokeCommand({ FunctionName: 'greeter', Payload: Buffer.from('{') });
    await expect(lambda.send(command)).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
    await expect(invoke({}, { InvocationType: 'DryRun' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    const odd = await local.network.connect().fetch(`${local.endpoint}/2015-03-31/event-source-mappings`, {
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/lambda/aws4_request' },
    });
    expect([odd.status, odd.headers.get('x-amzn-errortype')]).toEqual([404, 'UnknownOperationException']);
  });

  test.each([
    ['throttle', 'TooManyRequestsException', 429],
    ['internal-error', 'ServiceException', 500],
    ['unauthorized', 'AccessDeniedException', 403],
  ] as const)(
    'by a fault (%s) is refused in Lambda’s words, and the function does not run',
    async (kind, name, httpStatusCode) => {
      let ran = false;
      deploy(async () => {
        ran = true;
      });
      local.faults.push({ service: 'lambda', operation: 'Invoke', kind });
      await expect(invoke({})).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
      expect(ran).toBe(false);
    },
  );
});

test('a call is logged with its function and its event', async () => {
  deploy(async () => undefined);
  await invoke({ n: 1 });
  expect(local.calls.at(-1)).toMatchObject({
    service: 'lambda',
    operation: 'Invoke',
    input: { FunctionName: 'greeter', InvocationType: 'RequestResponse', payload: { n: 1 } },
  });
});

test('a function that is not deployed cannot be invoked', () => {
  expect(() => local.functions.invokeLater('nobody', 'us-east-1', {})).toThrow('The function nobody does not exist');
});

describe('Lambda', () => {
  const clock = () => local.clock;
  const later = (event: unknown, target: Target, more: { timeoutMs?: number; maxEventAgeMs?: number } = {}) => {
    local.functions.deploy({ name: 'greeter', target, timeoutMs: 3000, ...more });
    local.functions.invokeLater('greeter', 'us-east-1', event);
  };

  test('retries an asynchronous invocation after 1 and 2 minutes', async () => {
    const start = clock().now();
    const times: number[] = [];
    later({}, async () => {
      times.push(clock().now() - start);
      throw new Error('never');
    });
    await local.background.drain();
    expect(times).toEqual([0, 60_000, 180_000]);
    expect(local.background.failures).toMatchObject([{ condition: 'RetriesExhausted', attempts: 3 }]);
  });

  test('gives up an event that becomes too old, and reports it', async () => {
    const told: unknown[] = [];
    local.background.onFailure((failure) => told.push(failure));
    const never: Target = () => Promise.reject(new Error('never'));
    later({ n: 1 }, never, { maxEventAgeMs: 60_000 });
    await local.background.drain();
    expect(told).toMatchObject([
      { functionName: 'greeter', event: { n: 1 }, condition: 'EventAgeExceeded', attempts: 2 },
    ]);
  });

  test('reports pending retries as failures when the account stops', async () => {
    later({}, () => Promise.reject(new Error('never')));
    await local.clock.run(local.clock.sleep(1));
    await local.background.stop();
    expect(local.background.failures).toMatchObject([{ condition: 'Stopped', attempts: 1 }]);
  });

  test('ends an invocation at its timeout, and reports the timeout to the invoker', async () => {
    deploy(async (_event, _context, activity) => await activity.sleep(10_000));
    const before = clock().now();
    const { FunctionError, Payload } = await invoke({});
    expect(clock().now() - before).toBe(3000);
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(textOf(Payload))).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Task timed out after 3.00 seconds$/),
    });
  });

  test('counts down the remaining time on the clock', async () => {
    deploy(async (_event, context, activity) => {
      await activity.sleep(2000);
      return context.getRemainingTimeInMillis();
    });
    expect(textOf((await invoke({})).Payload)).toBe('1000');
  });

  test('discards calls and the result of an invocation after its timeout', async () => {
    const outcomes: unknown[] = [];
    deploy(async (_event, _context, activity) => {
      const settings = local.clientSettings({ accessKeyId: 'AKIAROLE000000000000', caller: () => activity });
      const client = new LambdaClient({ ...settings });
      const call = async () => {
        await client.send(new InvokeCommand({ FunctionName: 'other', InvocationType: 'Event' }));
        return 'done';
      };
      outcomes.push(await call());
      // This sleep is outside the activity, so that the end of the activity does not end it.
      await Promise.any([activity.sleep(10_000), local.clock.sleep(5000)]);
      outcomes.push(await call().catch((error: unknown) => String(error)));
      return 'a result';
    });
    let others = 0;
    deploy(async () => void (others += 1), 'other');
    const { FunctionError } = await invoke({});
    await local.clock.advance(10_000);
    expect(FunctionError).toBe('Unhandled');
    expect(outcomes).toEqual(['done', expect.stringMatching(/^ActivityOver: greeter .* has ended/)]);
    expect(others).toBe(1);
  });
});

describe('an alias', () => {
  const NAME = 'arn:aws:lambda:us-east-1:111122223333:function:greeter';
  const deployWith = (...aliases: readonly string[]) =>
    local.functions.deploy({
      name: 'greeter',
      aliases: Object.fromEntries(aliases.map((alias) => [alias, {}])),
      timeoutMs: 3000,
      target: async (_, context) => [context.functionName, context.invokedFunctionArn],
    });

  test.each([
    [{ Qualifier: 'requests' }],
    [{ FunctionName: 'greeter:requests' }],
    [{ FunctionName: 'greeter:requests', Qualifier: 'requests' }],
    [{ FunctionName: `${NAME}:requests` }],
    [{ FunctionName: '111122223333:function:greeter:requests' }],
  ])('is in the function’s context, in every form of its name: %j', async (named) => {
    deployWith('events', 'requests');
    expect(JSON.parse(textOf((await invoke({}, named)).Payload))).toEqual(['greeter', `${NAME}:requests`]);
  });

  test('is in the context of an asynchronous invocation, too', async () => {
    const seen: string[] = [];
    local.functions.deploy({
      name: 'greeter',
      aliases: { events: {} },
      timeoutMs: 3000,
      target: async (_, { invokedFunctionArn }) => void seen.push(invokedFunctionArn),
    });
    await invoke({}, { Qualifier: 'events', InvocationType: 'Event' });
    await local.background.drain();
    expect(seen).toEqual([`${NAME}:events`]);
  });

  test('must exist, and cannot be named twice with different names', async () => {
    deployWith('requests');
    await expect(invoke({}, { Qualifier: 'events' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(invoke({}, { FunctionName: 'greeter:events' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(invoke({}, { FunctionName: 'greeter:requests', Qualifier: 'events' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    expect(JSON.parse(textOf((await invoke({})).Payload))).toEqual(['greeter', NAME]);
  });
});
