import { SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { notices } from '../../shared/aws/notices.ts';
import type { Outcome } from '../../shared/model/decision.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:portcullis';

const OUTCOME: Outcome = {
  plan: {
    id: 'plan-1',
    at: 0,
    decision: {
      group: { id: 'sg-1', name: 'web', tags: {} },
      rules: [],
      others: 0,
      because: [],
      mode: 'enforce',
      remedy: 'revoke',
      limits: [],
    },
    change: {
      id: 'event-1',
      call: 'AuthorizeSecurityGroupIngress',
      trigger: 'rules-added',
      scope: { by: 'group-id', ids: ['sg-1'] },
      brought: { kind: 'unknown' },
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
  drifted: [],
  at: 0,
};

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

function topic(answer: () => object) {
  const sent: unknown[] = [];
  const sns = new SNSClient({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  sns.middlewareStack.add(
    () => async (args) => {
      sent.push(args.input);
      return { output: { $metadata: {}, ...answer() }, response: {} };
    },
    { step: 'initialize' },
  );
  const port = notices(sns, TOPIC, {
    noticeFor: ({ plan }) => ({
      subject: 'Closed',
      text: 'ssh is closed to new connections',
      attributes: {
        severity: 'critical',
        control: '',
        account: '111122223333',
        region: 'eu-central-1',
        outcome: 'done',
      },
      dedupId: plan.id,
    }),
    newsFor: ({ id, what }) => ({
      subject: what,
      text: 'four go on',
      attributes: { outcome: what, region: '' },
      dedupId: id,
    }),
  });
  return { port, sent };
}

describe('notices', () => {
  it('publishes what the outcome’s message says, with attributes to filter by and the id that tells doubles', async () => {
    const { port, sent } = topic(() => ({}));
    await port.publish(OUTCOME);
    expect(sent).toEqual([
      {
        TopicArn: TOPIC,
        Subject: 'Closed',
        Message: 'ssh is closed to new connections',
        MessageAttributes: {
          severity: text('critical'),
          account: text('111122223333'),
          region: text('eu-central-1'),
          outcome: text('done'),
          dedupId: text('plan-1'),
        },
      },
    ]);
  });

  it('announces news with the id that tells doubles', async () => {
    const { port, sent } = topic(() => ({}));
    const asked = { by: { name: 'bob', through: 'button' }, reason: 'fine', at: 0 } as const;
    await port.announce({ id: 'budget-resumed 1', what: 'budget-resumed', asked, released: 4 });
    expect(sent).toEqual([
      {
        TopicArn: TOPIC,
        Subject: 'budget-resumed',
        Message: 'four go on',
        MessageAttributes: { outcome: text('budget-resumed'), dedupId: text('budget-resumed 1') },
      },
    ]);
  });

  it('throws CallFailed when the topic refuses', async () => {
    const { port } = topic(() => {
      throw new SNSServiceException({ name: 'KMSDisabledException', message: 'key', $fault: 'client', $metadata: {} });
    });
    await expect(port.publish(OUTCOME)).rejects.toMatchObject({
      call: 'Publish',
      code: 'KMSDisabledException',
      retryable: false,
    });
  });
});
