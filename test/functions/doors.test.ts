import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { throughDoors } from '../../functions/runtime/handler.ts';
import { DOORS, doorName, FUNCTIONS, type FunctionId } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';

function contextOf(alias?: string) {
  const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:Portcullis-on-change';
  return { invokedFunctionArn: alias === undefined ? arn : `${arn}:${alias}` } as Context;
}

const handler = throughDoors('onChange', {
  events: async (event) => ['event', event],
  requests: async (event) => ['request', event],
});

describe('the doors of a function', () => {
  it('tell events and requests apart by the alias, not by the payload', async () => {
    const payload = { 'detail-type': 'AWS API Call via CloudTrail', portcullis: {} };
    expect(await handler(payload, contextOf('events'))).toEqual(['event', payload]);
    expect(await handler(payload, contextOf('requests'))).toEqual(['request', payload]);
  });

  it.each([undefined, '$LATEST', '7', 'EVENTS', 'toString', '__proto__', ''])(
    'are no other than these: %s',
    async (alias) => {
      const refused = handler({}, contextOf(alias));
      await expect(refused).rejects.toThrow(InputInvalid);
      await expect(refused).rejects.toThrow(
        /invoke one of its aliases \(Portcullis-on-change:events is for EventBridge/,
      );
    },
  );

  it('are declared for functions of the catalogue', () => {
    const ids = Object.keys(DOORS);
    expect(ids.filter((id) => !Object.hasOwn(FUNCTIONS, id))).toEqual([]);
    const without = (Object.keys(FUNCTIONS) as FunctionId[]).filter((id) => !ids.includes(id));
    expect(without).toEqual(['onConfig', 'onAction']);
    expect(doorName('onSchedule', 'requests', 'Mine')).toBe('Mine-on-schedule:requests');
  });
});
