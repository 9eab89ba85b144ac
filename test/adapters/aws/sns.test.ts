import { SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { notices, partialPublishes } from '../../../shared/adapters/aws/sns.ts';
import type { Outcome } from '../../../shared/domain/decision.ts';
import type { CellLogEntry } from '../../../shared/domain/ports.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:portcullis';

const OUTCOME: Outcome = {
  plan: {
    id: 'plan-1',
    at: 0,
    decision: {
      group: { id: 'sg-1', name: 'web', tags: {} },
      rules: [],
      otherRuleCount: 0,
      findings: [],
      mode: 'enforce',
      remedy: 'revoke',
      limits: [],
    },
    change: {
      id: 'event-1',
      call: 'AuthorizeSecurityGroupIngress',
      trigger: 'rules-added',
      scope: { by: 'group-id', ids: ['sg-1'] },
      added: { kind: 'unknown' },
      at: 0,
      account: '111122223333',
      region: 'eu-central-1',
    },
    steps: [],
    undo: [],
  },
  status: 'done',
  removed: [],
  alreadyGone: [],
  changed: [],
  at: 0,
};

function text(StringValue: string) {
  return { DataType: 'String', StringValue };
}

const CHAT = `${TOPIC}-chat`;

type Publication = Readonly<Record<string, unknown>>;

function refusal(name: string) {
  return new SNSServiceException({ name, message: 'no', $fault: 'client', $metadata: {} });
}

/** Notices through topics that answer so, by their ARN and by how many calls they have had. */
function topics(
  answer: (arn: string, nth: number) => Error | undefined,
  { chat = false, alias }: { readonly chat?: boolean; readonly alias?: string } = {},
) {
  const sent: Publication[] = [];
  const journal: CellLogEntry[] = [];
  const sns = new SNSClient({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  sns.middlewareStack.add(
    () => async (args) => {
      const input: Publication = { ...args.input };
      sent.push(input);
      const arn = String(input['TopicArn']);
      const fault = answer(arn, sent.filter(({ TopicArn }) => TopicArn === arn).length);
      if (fault) throw fault;
      return { output: { $metadata: {} }, response: {} };
    },
    { step: 'initialize' },
  );
  const port = notices(
    sns,
    { alias: async () => alias },
    {
      noticesTopicArn: TOPIC,
      ...(chat && { chatTopicArn: CHAT }),
      journal: (entry) => void journal.push(entry),
      noticeFor: async ({ plan }, name) => ({
        subject: `Closed in ${name ?? 'an account'}`,
        texts: '{"default":"{}","email":"ssh is closed to new connections"}',
        chat: '{"version":"1.0"}',
        attributes: { severity: 'critical', control: '', outcome: 'closed' },
        dedupId: plan.id,
      }),
      newsFor: async ({ id, what }) => ({
        subject: what,
        texts: '{"default":"four go on"}',
        chat: '{}',
        attributes: { outcome: what, region: '' },
        dedupId: id,
      }),
    },
  );
  return { port, sent, journal, topicsSent: () => sent.map(({ TopicArn }) => String(TopicArn)) };
}

const ATTRIBUTES = { severity: text('critical'), outcome: text('closed'), dedupId: text('plan-1') };

describe('notices', () => {
  it('go out by protocol, with attributes to filter by and the id that tells doubles', async () => {
    const { port, sent } = topics(() => undefined, { alias: 'shop' });
    await port.publish(OUTCOME);
    expect(sent).toEqual([
      {
        TopicArn: TOPIC,
        Subject: 'Closed in shop',
        Message: '{"default":"{}","email":"ssh is closed to new connections"}',
        MessageStructure: 'json',
        MessageAttributes: ATTRIBUTES,
      },
    ]);
  });

  it('go to the topic of Amazon Q in the one form that it takes, where there is one', async () => {
    const { port, sent } = topics(() => undefined, { chat: true });
    await port.publish(OUTCOME);
    expect(sent.slice(1)).toEqual([{ TopicArn: CHAT, Message: '{"version":"1.0"}', MessageAttributes: ATTRIBUTES }]);
  });

  it('announce news with the id that tells doubles', async () => {
    const { port, sent } = topics(() => undefined);
    const asked = { by: { name: 'bob', through: 'button' }, reason: 'fine', at: 0 } as const;
    await port.notify({ id: 'budget-resumed 1', what: 'budget-resumed', asked, released: 4 });
    expect(sent).toEqual([
      {
        TopicArn: TOPIC,
        Subject: 'budget-resumed',
        Message: '{"default":"four go on"}',
        MessageStructure: 'json',
        MessageAttributes: { outcome: text('budget-resumed'), dedupId: text('budget-resumed 1') },
      },
    ]);
  });

  it('fail when the topic refuses', async () => {
    const { port } = topics(() => refusal('KMSDisabledException'));
    await expect(port.publish(OUTCOME)).rejects.toMatchObject({
      call: 'Publish',
      code: 'KMSDisabledException',
      retryable: false,
    });
  });

  it.each([
    ['chat topic', CHAT, TOPIC],
    ['topic', TOPIC, CHAT],
  ])('fail when the %s cannot take them, and the next try tells that one alone', async (_which, failing, other) => {
    const fault = (arn: string, nth: number) =>
      arn === failing && nth === 1 ? refusal('ThrottlingException') : undefined;
    const { port, topicsSent } = topics(fault, { chat: true });
    await expect(port.publish(OUTCOME)).rejects.toMatchObject({ code: 'ThrottlingException', retryable: true });
    await port.publish(OUTCOME);
    expect(topicsSent().filter((arn) => arn === failing)).toHaveLength(2);
    expect(topicsSent().filter((arn) => arn === other)).toHaveLength(1);
  });

  it('are told twice where they are published twice', async () => {
    const { port, sent } = topics(() => undefined, { chat: true });
    await port.publish(OUTCOME);
    await port.publish(OUTCOME);
    expect(sent).toHaveLength(4);
  });

  it('succeed when the chat topic refuses for good, which the journal is told', async () => {
    const { port, journal } = topics((arn) => (arn === CHAT ? refusal('NotFound') : undefined), { chat: true });
    await port.publish(OUTCOME);
    expect(journal).toEqual([
      { what: 'chat-refused', dedupId: 'plan-1', fault: expect.objectContaining({ code: 'NotFound' }) },
    ]);
  });
});

describe('what is remembered of a half-taken notice', () => {
  it('is forgotten once it is whole, and the oldest first past a thousand', () => {
    const taken = partialPublishes();
    for (let i = 0; i < 1001; i += 1) taken.note(`notice-${i}`, TOPIC);
    expect([taken.has('notice-0', TOPIC), taken.has('notice-1', TOPIC), taken.has('notice-1', CHAT)]).toEqual([
      false,
      true,
      false,
    ]);
    taken.forget('notice-1');
    expect(taken.has('notice-1', TOPIC)).toBe(false);
  });
});
