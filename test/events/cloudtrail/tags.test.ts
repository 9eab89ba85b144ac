import { describe, expect, it } from 'vitest';
import { EventUnreadable } from '../../../shared/domain/errors.ts';
import { readCloudTrail } from '../../../shared/events/cloudtrail/cloudtrail.ts';
import { envelope, record, SSH_REQUEST, SSH_RESPONSE } from '../events.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const RULE = 'sgr-00000000000000001';
const UNTIL = { key: 'portcullis:exempt-until', value: '2026-04-01' };
const REASON = { key: 'portcullis:reason', value: 'the vendor moves' };

function tagging(call: string, ids: readonly string[], tags: readonly object[]) {
  return readCloudTrail(
    envelope(
      record(call, {
        requestParameters: {
          resourcesSet: { items: ids.map((resourceId) => ({ resourceId })) },
          tagSet: tags.length === 0 ? {} : { items: tags },
        },
      }),
    ),
  );
}

describe('CreateTags and DeleteTags', () => {
  it.each([
    ['CreateTags', 'set'],
    ['DeleteTags', 'removed'],
  ])('%s with exemption tags of a group is read as a request', (call, what) => {
    expect(tagging(call, [GROUP], [{ key: 'Name', value: 'web' }, UNTIL, REASON])).toMatchObject({
      kind: 'change',
      change: {
        call,
        trigger: 'tagged',
        scope: { by: 'group-id', ids: [GROUP] },
        added: { kind: 'unknown' },
        exemptionTags: { what, resources: [GROUP], until: '2026-04-01', reason: 'the vendor moves' },
        actor: { arn: 'arn:aws:iam::111122223333:user/sam' },
      },
    });
  });

  it('of rules select the groups of the rules', () => {
    expect(tagging('CreateTags', ['i-1', RULE, RULE], [UNTIL])).toMatchObject({
      change: {
        scope: { by: 'rule-id', ids: [RULE] },
        exemptionTags: { resources: [RULE], until: '2026-04-01' },
      },
    });
  });

  it('of groups and rules name both in the request', () => {
    expect(tagging('CreateTags', [RULE, GROUP], [UNTIL])).toMatchObject({
      change: { scope: { by: 'group-id', ids: [GROUP] }, exemptionTags: { resources: [RULE, GROUP] } },
    });
  });

  it('without a value delete the tag, and without tags delete all tags', () => {
    expect(tagging('DeleteTags', [GROUP], [{ key: UNTIL.key }])).toMatchObject({
      change: { exemptionTags: { what: 'removed', until: '' } },
    });
    expect(tagging('DeleteTags', [GROUP], [])).toMatchObject({
      change: { exemptionTags: { what: 'removed', until: '', reason: '' } },
    });
  });

  it.each([
    ['other tags', 'CreateTags', [GROUP], [{ key: 'Name', value: 'x' }]],
    ['other resources', 'CreateTags', ['i-1', 'vpc-1'], [UNTIL]],
    ['a key that is only like it', 'CreateTags', [GROUP], [{ key: 'Portcullis:exempt-until', value: 'x' }]],
    ['no tags at all', 'CreateTags', [GROUP], []],
  ])('of %s are ignored', (_, call, ids, tags) => {
    expect(tagging(call, ids, tags)).toEqual({ kind: 'ignored', reason: 'no-exemption-tag', about: call });
  });

  it('of another service are ignored', () => {
    const event = record('CreateTags', { eventSource: 'elasticfilesystem.amazonaws.com' });
    expect(readCloudTrail(event).kind).toBe('ignored');
  });

  it('without a request are refused', () => {
    const event = record('CreateTags', { requestParameters: { omitted: true } });
    expect(() => readCloudTrail(event)).toThrow(EventUnreadable);
  });
});

describe('tags given at creation', () => {
  const specification = (resourceType: string, tags: unknown = [UNTIL, REASON]) => ({
    tagSpecificationSet: { items: [{ resourceType, tags }] },
  });

  it.each([[[UNTIL, REASON]], [{ items: [UNTIL, REASON] }]])(
    'with rules are a request for each rule of the response (%#)',
    (tags) => {
      const event = record('AuthorizeSecurityGroupIngress', {
        requestParameters: { ...SSH_REQUEST, ...specification('security-group-rule', tags) },
        responseElements: SSH_RESPONSE,
      });
      expect(readCloudTrail(event)).toMatchObject({
        change: {
          trigger: 'rules-added',
          exemptionTags: {
            what: 'set',
            resources: [RULE, 'sgr-00000000000000002'],
            until: '2026-04-01',
            reason: 'the vendor moves',
          },
        },
      });
    },
  );

  it('with a group are a request for the group', () => {
    const event = record('CreateSecurityGroup', {
      requestParameters: { groupName: 'web', ...specification('security-group') },
      responseElements: { groupId: GROUP },
    });
    expect(readCloudTrail(event)).toMatchObject({
      change: { trigger: 'group-created', exemptionTags: { resources: [GROUP] } },
    });
  });

  it.each([
    ['tags of something else', { ...SSH_REQUEST, ...specification('security-group') }, SSH_RESPONSE],
    [
      'other tags',
      { ...SSH_REQUEST, ...specification('security-group-rule', [{ key: 'a', value: 'b' }]) },
      SSH_RESPONSE,
    ],
    ['no response, so no ids', { ...SSH_REQUEST, ...specification('security-group-rule') }, { omitted: true }],
  ])('are none with %s', (_, requestParameters, responseElements) => {
    const reading = readCloudTrail(record('AuthorizeSecurityGroupIngress', { requestParameters, responseElements }));
    expect(reading.kind === 'change' && reading.change.exemptionTags).toBeUndefined();
  });
});
