import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOUDTRAIL_CALLS } from '../../shared/events/cloudtrail/calls.ts';
import { openShop } from '../e2e/shop.ts';
import { effort } from '../effort.ts';
import { envelope, record } from '../events/events.ts';

let shop: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => await shop.close());

const NAMED = new Set(['EventUnreadable', 'Unfinished', 'CallFailed', 'InputInvalid', 'FactUnread']);

function contextOf(): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'on-change',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:Portcullis-on-change:events',
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: '/aws/lambda/on-change',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => 60_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/** Delivers an event. Returns the name of the error that rejected it. */
async function deliver(event: unknown): Promise<string> {
  try {
    await shop.target(structuredClone(event), contextOf());
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? error.name : typeof error;
  }
}

const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'items',
  'omitted',
  'groupId',
  'groupName',
  'ipProtocol',
  'fromPort',
  'cidrIp',
  'ipRanges',
  'ipPermissions',
  'securityGroupRuleSet',
  'securityGroupRuleId',
  'ModifySecurityGroupRulesRequest',
  'SecurityGroupRule',
  'GroupId',
  'vpc',
  'vpcId',
  'userName',
];

/**
 * JSON with the field names that the parser reads, and with ids of existing and missing groups.
 */
function hostileAround(ids: readonly string[]) {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(...ids, null, true, -1, 65_536, '', '0.0.0.0/0', '::/0', 'tcp', '-1', '\u{202e}x', {}),
      fc.string(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 6 })
        .map((entries): unknown => Object.fromEntries(entries)),
    ),
  })).value;
}

/**
 * Records of relevant calls with replaced parts. Portcullis waits four seconds for the rules of an event, so
 * the events name groups, but no missing rules.
 */
function hostileRecord(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .record(
      {
        eventName: fc.oneof(
          {
            weight: 5,
            arbitrary: fc.constantFrom(...Object.values(CLOUDTRAIL_CALLS).flatMap((calls) => Object.keys(calls))),
          },
          { weight: 1, arbitrary: value },
        ),
        requestParameters: value,
        responseElements: value,
        userIdentity: value,
        sourceIPAddress: value,
        errorCode: fc.option(value, { nil: undefined, freq: 8 }),
        eventTime: fc.option(value, { nil: undefined, freq: 8 }),
        awsRegion: fc.constant('eu-west-1'),
      },
      { requiredKeys: ['eventName', 'awsRegion'] },
    )
    .map(({ eventName, ...parts }) => {
      const kept = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
      return envelope({ ...record('CreateSecurityGroup', kept), eventName });
    });
}

describe('hostile events to the bundled function', () => {
  it('are rejected with named errors, and nothing is revoked, whatever they claim', async () => {
    const groups = [...shop.local.account.region('eu-west-1').groups.values()];
    const ids = [...groups.map(({ id }) => id), ...groups.map(({ name }) => name), 'sg-0ffffffffffffffff'];
    const before = structuredClone([...shop.local.account.region('eu-west-1').rules.values()]);
    const told = shop.local.messages.length;
    const seen = new Set<string>();
    const events = fc.sample(fc.oneof(hostileRecord(hostileAround(ids)), hostileAround(ids)), {
      numRuns: effort(150, 600),
      seed: 20_260_102,
    });
    const waiting = [...events];
    const unnamed: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (let event = waiting.pop(); event !== undefined; event = waiting.pop()) {
        const answer = await deliver(event);
        seen.add(answer);
        if (answer !== 'accepted' && !NAMED.has(answer)) unnamed.push({ answer, event });
      }
    };
    await Promise.all(Array.from({ length: 12 }, lane));
    expect(unnamed).toEqual([]);
    expect([...seen]).toEqual(expect.arrayContaining(['accepted', 'EventUnreadable']));
    expect([...shop.local.account.region('eu-west-1').rules.values()]).toEqual(before);
    expect(shop.local.messages.slice(told)).toEqual([]);
    expect(shop.local.calls.filter(({ operation }) => operation.startsWith('Revoke'))).toEqual([]);
  });

  it('that claim an old rule as new close the rule only if it is open now', async () => {
    const [https] = await shop.rules('web');
    const claim = record('AuthorizeSecurityGroupIngress', {
      awsRegion: 'eu-west-1',
      requestParameters: { groupId: shop.groupId('web') },
      responseElements: {
        securityGroupRuleSet: {
          items: [
            {
              groupId: shop.groupId('web'),
              securityGroupRuleId: https?.SecurityGroupRuleId,
              isEgress: false,
              ipProtocol: '-1',
              cidrIpv4: '0.0.0.0/0',
            },
          ],
        },
      },
    });
    expect(await deliver(envelope(claim))).toBe('accepted');
    expect(await shop.rules('web')).toEqual(expect.arrayContaining([https]));
  });
});
