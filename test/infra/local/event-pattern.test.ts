import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventPatternError } from '../../../infra/local/event-matchers.ts';
import { type EventPattern, eventMatches } from '../../../infra/local/event-pattern.ts';

const event = {
  source: 'aws.ec2',
  detail: {
    eventName: 'AuthorizeSecurityGroupIngress',
    userIdentity: { type: 'IAMUser', userName: 'Zoë' },
    errorCode: null,
    count: 5,
    readOnly: false,
    tags: ['web', 'prod'],
    none: [],
    items: [
      { port: 22, cidr: '0.0.0.0/0' },
      { port: 443, cidr: '10.0.0.0/8' },
    ],
  },
};

const detail = (pattern: EventPattern): boolean => eventMatches({ detail: pattern }, event);

describe('an event pattern', () => {
  test.each<[string, EventPattern, boolean]>([
    ['an exact string matches', { eventName: ['AuthorizeSecurityGroupIngress'] }, true],
    ['an exact string is case-sensitive', { eventName: ['authorizesecuritygroupingress'] }, false],
    ['one value of a list is enough', { eventName: ['CreateVpc', 'AuthorizeSecurityGroupIngress'] }, true],
    ['an exact number matches', { count: [5] }, true],
    ['a number is not the string of it', { count: ['5'] }, false],
    ['a boolean matches', { readOnly: [false] }, true],
    ['null matches null', { errorCode: [null] }, true],
    ['null does not match an absent field', { missing: [null] }, false],
    ['every field must match', { count: [5], readOnly: [true] }, false],
    ['a nested field matches', { userIdentity: { type: ['IAMUser'] } }, true],
    ['an absent object matches nothing', { missing: { type: ['IAMUser'] } }, false],
    ['one element of an array is enough', { tags: ['prod'] }, true],
    ['objects in an array are matched one by one', { items: { port: [22], cidr: ['0.0.0.0/0'] } }, true],
    ['fields of different array elements do not add up', { items: { port: [22], cidr: ['10.0.0.0/8'] } }, false],
    ['prefix matches', { eventName: [{ prefix: 'Authorize' }] }, true],
    ['prefix differs', { eventName: [{ prefix: 'Revoke' }] }, false],
    ['prefix can ignore case', { eventName: [{ prefix: { 'equals-ignore-case': 'AUTHORIZE' } }] }, true],
    ['suffix matches', { eventName: [{ suffix: 'Ingress' }] }, true],
    ['suffix can ignore case', { eventName: [{ suffix: { 'equals-ignore-case': 'INGRESS' } }] }, true],
    ['equals-ignore-case matches', { eventName: [{ 'equals-ignore-case': 'authorizesecuritygroupingress' }] }, true],
    ['wildcard matches runs of characters', { eventName: [{ wildcard: 'Auth*Group*' }] }, true],
    ['wildcard matches the whole value', { eventName: [{ wildcard: 'Auth*Group' }] }, false],
    ['a dot in a wildcard is a dot', { eventName: [{ wildcard: 'Authorize.ecurity*' }] }, false],
    ['an operator of strings does not match a number', { count: [{ prefix: '5' }] }, false],
    ['numeric matches within bounds', { count: [{ numeric: ['>', 0, '<=', 5] }] }, true],
    ['numeric differs outside bounds', { count: [{ numeric: ['>', 5] }] }, false],
    ['numeric does not match a string', { eventName: [{ numeric: ['>', 0] }] }, false],
    ['anything-but matches another value', { eventName: [{ 'anything-but': 'CreateVpc' }] }, true],
    ['anything-but a list differs on one of it', { count: [{ 'anything-but': [4, 5] }] }, false],
    ['anything-but a prefix differs on it', { eventName: [{ 'anything-but': { prefix: 'Auth' } }] }, false],
    ['anything-but a list of prefixes', { eventName: [{ 'anything-but': { prefix: ['Rev', 'Auth'] } }] }, false],
    ['anything-but a suffix', { eventName: [{ 'anything-but': { suffix: 'Egress' } }] }, true],
    ['anything-but a wildcard', { eventName: [{ 'anything-but': { wildcard: '*Ingress' } }] }, false],
    ['anything-but does not match an absent field', { missing: [{ 'anything-but': 'x' }] }, false],
    ['anything-but does not match in an absent object', { missing: { arn: [{ 'anything-but': 'x' }] } }, false],
    ['exists true matches a value', { eventName: [{ exists: true }] }, true],
    ['exists true matches null', { errorCode: [{ exists: true }] }, true],
    ['exists true does not match an absent field', { missing: [{ exists: true }] }, false],
    ['exists true does not match an object', { userIdentity: [{ exists: true }] }, false],
    ['exists false matches an absent field', { missing: [{ exists: false }] }, true],
    ['exists false matches in an absent object', { missing: { arn: [{ exists: false }] } }, true],
    ['exists false matches an empty list', { none: [{ exists: false }] }, true],
    ['exists false beside anything-but', { missing: [{ 'anything-but': 'x' }, { exists: false }] }, true],
    ['$or needs one alternative', { $or: [{ count: [1] }, { readOnly: [false] }] }, true],
    ['$or with no alternative that matches', { $or: [{ count: [1] }, { readOnly: [true] }] }, false],
    ['$or stands beside other fields', { count: [1], $or: [{ count: [5] }, { readOnly: [false] }] }, false],
    ['a field of the prototype is absent', { toString: [{ exists: false }] }, true],
  ])('%s', (_says, pattern, expected) => {
    expect(detail(pattern)).toBe(expected);
  });

  test.each<[string, EventPattern]>([
    ['an unknown operator', { eventName: [{ cidr: '10.0.0.0/8' }] }],
    ['an unknown operator on an absent field', { missing: [{ startsWith: 'x' }] }],
    ['two operators in one', { eventName: [{ prefix: 'A', suffix: 's' }] }],
    ['an empty list', { eventName: [] }],
    ['an empty object', { userIdentity: {} }],
    ['a bare value', { eventName: 'CreateVpc' }],
    ['exists without a boolean', { eventName: [{ exists: 'true' }] }],
    ['half a numeric comparison', { count: [{ numeric: ['>'] }] }],
    ['an unknown comparison', { count: [{ numeric: ['!', 1] }] }],
    ['anything-but with an unknown operator', { eventName: [{ 'anything-but': { cidr: '10.0.0.0/8' } }] }],
    ['$or with one alternative', { $or: [{ count: [5] }] }],
  ])('refuses %s', (_says, pattern) => {
    expect(() => detail(pattern)).toThrow(EventPatternError);
  });

  test('names the field that is wrong', () => {
    expect(() => eventMatches({ detail: { eventName: [{ like: 'x' }] } }, event)).toThrow(/detail\.eventName.*like/);
  });

  test('for a present string, anything-but a value is the opposite of that value', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, excluded) => {
        const inside = eventMatches({ field: [excluded] }, { field: value });
        expect(eventMatches({ field: [{ 'anything-but': excluded }] }, { field: value })).toBe(!inside);
      }),
    );
  });

  test('a wildcard without a star is equality, whatever characters it has', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, other) => {
        const literal = other.replace(/[\\*]/g, (character) => `\\${character}`);
        expect(eventMatches({ field: [{ wildcard: literal }] }, { field: value })).toBe(value === other);
        expect(eventMatches({ field: [{ wildcard: literal }] }, { field: other })).toBe(true);
      }),
    );
  });
});
