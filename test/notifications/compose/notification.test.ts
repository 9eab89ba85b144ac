import { describe, expect, it } from 'vitest';
import { emailText } from '../../../shared/notifications/channels/email.ts';
import { pagerDutyEvents } from '../../../shared/notifications/channels/pagerduty.ts';
import { notificationMessage } from '../../../shared/notifications/compose/notification.ts';
import { messages, NEWS, PLACE } from './samples.ts';

const { restored, narrowed, exempted, released, storm, digest } = NEWS;

function titlesOf(kind: keyof ReturnType<typeof messages>): readonly string[] {
  return messages()[kind].listings.map(({ title }) => title);
}

describe('a notification about a grant', () => {
  it.each(['restored', 'narrowed', 'reverted'] as const)('(%s) has the rules before and after', (kind) => {
    expect(titlesOf(kind)).toEqual(['Before, as it was removed', 'After, as it stands now']);
  });

  it.each([
    ['restore', 'Not restored'],
    ['narrow', 'Nothing narrower granted'],
    ['revert', 'Not reverted'],
  ] as const)('of a %s that was refused says so, with the reason', (kind, words) => {
    const [rule] = narrowed.followUp.granted;
    const refused = [{ rule, reason: 'a control forbids it' }];
    const message = notificationMessage(
      { ...narrowed, followUp: { ...narrowed.followUp, kind, granted: [], refused } },
      PLACE,
    );
    expect([message.kind, message.headline.startsWith(`${words}:`)]).toEqual(['not-granted', true]);
    expect(emailText(message)).toContain(': a control forbids it\n');
  });

  it('is in the thread of the group, under the name of the account', () => {
    const { thread, accountAlias, remediationId } = notificationMessage(restored, PLACE);
    expect(thread).toBe('111122223333/eu-west-1/sg-0123456789abcdef0');
    expect(accountAlias).toBe('shop-production');
    expect(remediationId).toBe(messages().closed.remediationId);
  });
});

describe('a notification about an answer', () => {
  it('says what happens next', () => {
    const { entry } = released;
    const { plan } = entry;
    const migrating = { ...entry, plan: { ...plan, decision: { ...plan.decision, remedy: 'migrate' as const } } };
    expect(messages().released.remarks).toEqual([
      'The group is looked at again, and what is to be closed is decided anew.',
    ]);
    expect(notificationMessage({ ...released, entry: migrating }, PLACE).remarks).toEqual(['The migration begins.']);
    expect(messages().declined.remarks).toEqual(['Its rules stay open.']);
  });
});

describe('a notification about an exemption', () => {
  it('of the policy file is about the account, and names its glob', () => {
    const { place: _, ticket: __, ...written } = exempted.exemption;
    const exemption = { ...written, scope: { groupName: 'web-*' } };
    const message = notificationMessage({ id: '1', what: 'expired', exemption }, PLACE);
    expect(message.headline).toBe('Exemption has run out: groups named web-*');
    expect([message.thread, message.account, message.controls, message.links]).toEqual([
      '111122223333',
      '111122223333',
      [],
      [],
    ]);
  });

  it('counts the other rules with the same exemption', () => {
    expect(notificationMessage({ ...exempted, others: 2 }, PLACE).facts).toContainEqual({
      label: 'Besides',
      text: '2 other rules of the same remediation, the same way',
    });
  });

  it('names ports of both protocols', () => {
    const scope = { ports: { tcp: [{ from: 22, to: 22 }], udp: [{ from: 5900, to: 5906 }] } };
    const exemption = { ...exempted.exemption, scope };
    expect(notificationMessage({ ...exempted, exemption }, PLACE).headline).toBe(
      'Exempted: every group, ports tcp 22, udp 5900-5906',
    );
  });
});

describe('a notification about an exemption of every group', () => {
  const wide = { ...exempted, exemption: { ...exempted.exemption, scope: { control: 'world-open-admin' } } };

  it('calls people, says every group, and is of high severity', () => {
    expect(notificationMessage(wide, PLACE)).toMatchObject({
      headline: 'Exempted: every group, control world-open-admin',
      urgency: 'call',
      severity: 'high',
    });
    expect(notificationMessage(exempted, PLACE)).toMatchObject({ urgency: 'inform', severity: 'low' });
  });

  it('pages, as an incident of its own that a person ends', () => {
    const events = pagerDutyEvents(notificationMessage(wide, PLACE));
    const alert = events.find(({ body }) => body['event_action'] === 'trigger');
    const others = events.filter((event) => event !== alert);
    expect(alert?.body['dedup_key']).toContain('exempted 1');
    expect(others.map(({ body }) => body['dedup_key'])).not.toContain(alert?.body['dedup_key']);
  });
});

describe('a notification about the budget', () => {
  it.each([
    [1, '1 held plan goes on'],
    [3, '3 held plans go on'],
  ])('count what goes on (%s)', (count, words) => {
    expect(notificationMessage({ ...NEWS['budget-resumed'], released: count }, PLACE).headline).toBe(
      `Budget resumed: ${words}`,
    );
  });
});

describe('the digest of an alert burst', () => {
  it('calls people only if an outcome failed or waits', () => {
    const calm = storm.gists.filter(({ status }) => status === 'done');
    expect(notificationMessage(storm, PLACE).urgency).toBe('call');
    expect(notificationMessage({ ...storm, gists: calm }, PLACE).urgency).toBe('inform');
  });

  it('has the worst severity, and no region', () => {
    expect(messages().storm.severity).toBe('high');
    expect(messages().storm.facts.map(({ label }) => label)).not.toContain('Region');
  });

  it('includes all outcomes in each count', () => {
    const counts = messages()
      .storm.listings.filter(({ title }) => title.startsWith('By '))
      .map(({ lines }) => lines.reduce((sum, line) => sum + Number(/: (\d+) \(/.exec(line)?.[1]), 0));
    expect(counts).toEqual([1000, 1000, 1000]);
  });
});

describe('the daily digest', () => {
  it('of another account goes by its number', () => {
    const message = notificationMessage({ ...digest, account: '444455556666' }, PLACE);
    expect([message.account, message.accountAlias, message.thread]).toEqual([
      '444455556666',
      undefined,
      '444455556666',
    ]);
  });
});
