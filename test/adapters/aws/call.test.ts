import { describe, expect, it } from 'vitest';
import { call } from '../../../shared/adapters/aws/call.ts';
import { CallFailed } from '../../../shared/domain/errors.ts';
import { ec2Error } from './answering.ts';

async function failureOf(thrown: unknown): Promise<unknown> {
  try {
    return await call('RevokeSecurityGroupIngress', Promise.reject(thrown));
  } catch (failure) {
    return failure;
  }
}

describe('call', () => {
  it('gives back what the call answered', async () => {
    expect(await call('GetItem', Promise.resolve(7))).toBe(7);
  });

  it.each([
    ['RequestLimitExceeded', 503],
    ['Throttling', 400],
    ['ThrottlingException', 400],
    ['ThrottledException', 400],
    ['Unavailable', 503],
    ['InternalError', 500],
    ['ServiceUnavailable', 503],
    ['LimitExceededException', 429],
    ['InternalException', 200],
    ['AnythingNew', 502],
  ])('takes %s for something to retry', async (name, status) => {
    expect(await failureOf(ec2Error(name, status))).toMatchObject({ code: name, retryable: true });
  });

  it.each(['UnauthorizedOperation', 'InvalidGroupId.Malformed', 'InvalidGroup.NotFound'])(
    'takes %s for final',
    async (name) => {
      expect(await failureOf(ec2Error(name))).toMatchObject({ code: name, retryable: false });
    },
  );

  it.each(['ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT'])('knows a broken connection (%s) by Node’s code', async (code) => {
    expect(await failureOf(Object.assign(new Error('connection'), { code }))).toMatchObject({ code, retryable: true });
  });

  it('knows the SDK’s timeout', async () => {
    const timeout = Object.assign(new Error('too slow'), { name: 'TimeoutError' });
    expect(await failureOf(timeout)).toMatchObject({ code: 'TimeoutError', retryable: true });
  });

  it('keeps the cause and names the call, also of what is no error at all', async () => {
    const failure = await failureOf('odd');
    expect(failure).toBeInstanceOf(CallFailed);
    expect(failure).toMatchObject({
      call: 'RevokeSecurityGroupIngress',
      code: 'Unknown',
      retryable: false,
      cause: 'odd',
    });
  });
});
