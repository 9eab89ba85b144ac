import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toEach } from '../../../functions/on-change/handler.ts';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import { ownEvents } from '../../../shared/adapters/aws/eventbridge.ts';
import { securityHub } from '../../../shared/adapters/aws/security-hub.ts';
import { asffFinding } from '../../../shared/reports/asff.ts';
import { ownEvent } from '../../../shared/reports/own-event.ts';
import { clientConfig } from '../../infra/local/local-client.ts';
import { HOSTILE, outcome, ssh } from '../../reports/outcomes.ts';

let local: LocalAccount;
const slept: number[] = [];
const clock = { sleep: async (ms: number) => void slept.push(ms) };

beforeEach(async () => {
  local = await startLocalAccount();
  slept.length = 0;
});
afterEach(async () => await local.close());

function hubClient() {
  return new SecurityHubClient(clientConfig(local));
}
function busClient() {
  return new EventBridgeClient(clientConfig(local));
}
function stored() {
  return [...local.account.region('us-east-1').findings.values()];
}

/** A client that gives these answers, one after the other. */
function answers(...given: readonly object[]) {
  let nth = 0;
  return { config: hubClient().config, send: async () => given[nth++], asked: () => nth };
}

describe('findings in Security Hub', () => {
  it('are taken, and become passed and archived under the same id when the plan is done', async () => {
    const hub = securityHub(hubClient(), { findingFor: asffFinding, clock });
    await hub.publish(outcome([ssh(1)], { status: 'pending', removed: [] }, HOSTILE));
    expect(stored()).toMatchObject([{ Compliance: { Status: 'FAILED' }, RecordState: 'ACTIVE' }]);
    await hub.publish(outcome([ssh(1)], {}, HOSTILE));
    expect(stored()).toMatchObject([{ Compliance: { Status: 'PASSED' }, RecordState: 'ARCHIVED' }]);
  });

  it('fail with the reason that Security Hub gives for the one finding', async () => {
    const foreign = securityHub(hubClient(), {
      findingFor: (one, home) => ({ ...asffFinding(one, home), AwsAccountId: '444455556666' }),
      clock,
    });
    await expect(foreign.publish(outcome([ssh(1)]))).rejects.toMatchObject({
      call: 'BatchImportFindings',
      code: 'InvalidInput',
      retryable: false,
      message: expect.stringContaining('finding.AwsAccountId'),
    });
    expect(slept).toEqual([]);
  });

  it('are sent again where the refusal may pass, and not for ever', async () => {
    const busy = { FailedFindings: [{ Id: 'x', ErrorCode: 'InternalError', ErrorMessage: 'later' }] };
    const once = answers(busy, {});
    await securityHub(once as never, { findingFor: asffFinding, clock }).publish(outcome([ssh(1)]));
    expect([once.asked(), slept]).toEqual([2, [200]]);
    const always = answers(busy, busy, busy, busy);
    const port = securityHub(always as never, { findingFor: asffFinding, clock });
    await expect(port.publish(outcome([ssh(1)]))).rejects.toMatchObject({ code: 'InternalError', retryable: true });
    expect(always.asked()).toBe(3);
  });
});

describe('events of our own', () => {
  const port = () => ownEvents(busClient(), { bus: 'default', eventFor: ownEvent, clock });

  it('are put on the bus', async () => {
    await port().publish(outcome([ssh(1)], {}, HOSTILE));
    expect(local.account.busEvents).toMatchObject([
      { bus: 'default', source: 'portcullis', detailType: 'Portcullis Remediation', region: 'us-east-1' },
    ]);
    expect(JSON.parse(local.account.busEvents[0]?.detail ?? '')).toMatchObject({ version: 1, status: 'done' });
  });

  it('fail with the reason that the bus gives for the one event', async () => {
    const broken = ownEvents(busClient(), {
      bus: 'default',
      eventFor: (one) => ({ ...ownEvent(one, 'aws'), detail: 'no JSON' }),
      clock,
    });
    await expect(broken.publish(outcome([ssh(1)]))).rejects.toMatchObject({
      call: 'PutEvents',
      code: 'MalformedDetail',
    });
  });

  it('throw a fault that may pass as one', async () => {
    local.faults.push({ service: 'events', kind: 'internal-error' });
    await expect(port().publish(outcome([ssh(1)]))).rejects.toMatchObject({ call: 'PutEvents', retryable: true });
  });
});

describe('several places', () => {
  it('each get the finding, whatever becomes of the others', async () => {
    const told: string[] = [];
    const deaf = { publish: async () => Promise.reject(new Error('deaf')) };
    const good = { publish: async () => void told.push('good') };
    await expect(toEach([deaf, good]).publish(outcome([]))).rejects.toThrow('deaf');
    await expect(toEach([deaf, good, deaf]).publish(outcome([]))).rejects.toThrow('deaf; deaf');
    expect(told).toEqual(['good', 'good']);
  });
});

describe('the embedded account', () => {
  it('leaves what people have set as it is when a finding is imported again', async () => {
    const finding = { ...asffFinding(outcome([ssh(1)]), { region: 'us-east-1', partition: 'aws' }) };
    const people = { Workflow: { Status: 'SUPPRESSED' as const } };
    local.account.region('us-east-1').findings.set(finding.Id, { ...finding, ...people });
    const Findings = [{ ...finding, Workflow: { Status: 'NEW' as const } }];
    await hubClient().send(new BatchImportFindingsCommand({ Findings }));
    expect(stored()).toMatchObject([people]);
  });

  it.each([
    ['Title', { Title: 'x'.repeat(257) }],
    ['Resources', { Resources: [] }],
    ['SchemaVersion', { SchemaVersion: '2020-01-01' }],
    ['ProductArn', { ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/other' }],
    ['240 KB', { ProductFields: { x: 'x'.repeat(240 * 1024) } }],
  ])('refuses a finding by its %s and takes the other', async (word, wrong) => {
    const right = asffFinding(outcome([ssh(1)]), { region: 'us-east-1', partition: 'aws' });
    const Findings = [right, { ...right, Id: 'other', ...wrong }];
    const answer = await hubClient().send(new BatchImportFindingsCommand({ Findings }));
    expect(answer).toMatchObject({ SuccessCount: 1, FailedCount: 1 });
    expect(answer.FailedFindings?.[0]?.ErrorMessage).toContain(word);
    expect(stored()).toHaveLength(1);
  });

  it('refuses more than 100 findings, more than 10 events and more than 256 KB', async () => {
    const finding = asffFinding(outcome([ssh(1)]), { region: 'us-east-1', partition: 'aws' });
    const Findings = Array.from({ length: 101 }, () => finding);
    await expect(hubClient().send(new BatchImportFindingsCommand({ Findings }))).rejects.toThrow('1 to 100');
    const entry = { Source: 'x', DetailType: 'y', Detail: '{}' };
    const Entries = Array.from({ length: 11 }, () => entry);
    await expect(busClient().send(new PutEventsCommand({ Entries }))).rejects.toThrow('1 to 10');
    const large = { ...entry, Detail: JSON.stringify({ x: 'x'.repeat(262_144) }) };
    await expect(busClient().send(new PutEventsCommand({ Entries: [large] }))).rejects.toThrow('size');
  });
});
