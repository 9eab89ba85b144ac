import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventMatches } from '../../infra/local/delivery/event-pattern.ts';
import { EVENT_PATTERNS } from '../../shared/catalogue.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import { ownEvent } from '../../shared/reports/own-event.ts';
import { HOSTILE, outcome, ssh } from './outcomes.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../shared/reports/own-event.schema.json', import.meta.url), 'utf8'),
) as Parameters<typeof z.fromJSONSchema>[0] & { properties: object };
const published = z.fromJSONSchema(schema);

function detailOf(...args: Parameters<typeof outcome>): Record<string, unknown> {
  return JSON.parse(ownEvent(outcome(...args), 'aws').detail);
}

const fight = { times: 4, since: 0, actors: [], quiet: true };
const fault = new CallFailed('RevokeSecurityGroupIngress', 'UnauthorizedOperation', false, new Error('no'));

describe('an event of Portcullis', () => {
  it('matches its schema', () => {
    expect({ ...ownEvent(outcome([ssh(1)]), 'aws'), detail: detailOf([ssh(1)]) }).toMatchInlineSnapshot(`
      {
        "detail": {
          "account": "111122223333",
          "actor": {
            "arn": "arn:aws:iam::111122223333:user/ann",
            "name": "ann",
            "tool": "console",
            "type": "IAMUser",
          },
          "caseId": "k2v4x6z3b5d7f9h2j4l6n8p3r5",
          "change": {
            "at": "2026-01-02T03:04:05.000Z",
            "call": "AuthorizeSecurityGroupIngress",
            "eventId": "event-1",
          },
          "controls": [
            {
              "freshness": "fresh",
              "id": "world-open-admin",
              "severity": "critical",
            },
          ],
          "endedAt": "2026-01-02T03:04:07.000Z",
          "group": {
            "id": "sg-00000000000000001",
            "name": "web",
            "vpcId": "vpc-00000000000000001",
          },
          "mode": "enforce",
          "planId": "b7lxgo3d5wyq2m6k4n8p",
          "plannedAt": "2026-01-02T03:04:06.500Z",
          "region": "eu-west-1",
          "remediationId": "01kdyak4k4b7lxgo3d5wyq2m6k",
          "rules": [
            {
              "direction": "ingress",
              "fate": "removed",
              "fromPort": 22,
              "protocol": "tcp",
              "ruleId": "sgr-00000000000000001",
              "source": "0.0.0.0/0",
              "toPort": 22,
            },
          ],
          "rulesOmitted": 0,
          "severity": "critical",
          "status": "done",
          "version": 1,
        },
        "detailType": "Portcullis Remediation",
        "resources": [
          "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-00000000000000001",
        ],
        "source": "portcullis",
      }
    `);
  });

  it.each([
    ['a closed one', detailOf([ssh(1)])],
    ['one that came back', detailOf([ssh(1)], { reopenLoop: fight })],
    ['one that EC2 refused', detailOf([ssh(1)], { status: 'failed', removed: [], fault })],
    ['one under a hostile name', detailOf([ssh(1)], {}, HOSTILE)],
    [
      'one without ids and ports',
      detailOf([{ groupId: 'sg-1', direction: 'egress', protocol: '-1', source: { kind: 'prefix-list', id: 'pl-1' } }]),
    ],
  ])('holds to the schema: %s', (_what, detail) => {
    expect(published.safeParse(detail).error).toBeUndefined();
  });

  it('has every field of the schema in some outcome', () => {
    const all = detailOf([ssh(1)], { reopenLoop: fight, fault, status: 'failed' });
    expect(Object.keys(all).toSorted()).toEqual(Object.keys(schema.properties).toSorted());
  });

  it('states what became of each rule', () => {
    const [removed, gone, changed, open] = [ssh(1), ssh(2), ssh(3), ssh(4)];
    const detail = detailOf([removed, gone, changed, open], {
      removed: [removed],
      alreadyGone: [gone],
      changed: [changed],
    });
    expect(detail['rules']).toMatchObject(['removed', 'already-gone', 'changed', 'open'].map((fate) => ({ fate })));
  });

  it('fits into 256 KB however many rules there are, and counts what it leaves out', () => {
    const source = { kind: 'prefix-list', id: '"'.repeat(5000) } as const;
    const many = Array.from({ length: 1000 }, (_, serial) => ssh(serial, { source, protocol: '"'.repeat(9) }));
    const { detail } = ownEvent(outcome(many, {}, HOSTILE), 'aws');
    expect(Buffer.byteLength(detail)).toBeLessThan(250_000);
    expect(JSON.parse(detail)).toMatchObject({ rulesOmitted: 600 });
  });

  it('has no control character and no lone surrogate in a name', () => {
    const { name } = detailOf([ssh(1)], {}, HOSTILE)['group'] as { name: string };
    expect(name.length).toBeLessThanOrEqual(300);
    expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  it('matches no event rule of a cell', () => {
    const { source, detailType, detail } = ownEvent(outcome([ssh(1)]), 'aws');
    const event = { source, 'detail-type': detailType, detail: JSON.parse(detail) as object };
    const patterns = Object.values(EVENT_PATTERNS);
    expect(patterns.filter((pattern) => eventMatches(pattern, event))).toEqual([]);
    expect(patterns.flatMap((pattern) => pattern.source).filter((one) => !one.startsWith('aws.'))).toEqual([]);
  });
});
