import { describe, expect, it } from 'vitest';
import type { Message } from '../../../shared/domain/message.ts';
import { amazonQNotification } from '../../../shared/notifications/channels/amazon-q.ts';
import { emailText } from '../../../shared/notifications/channels/email.ts';
import { smsLine } from '../../../shared/notifications/channels/sms.ts';
import { outcomeMessage } from '../../../shared/notifications/compose/message.ts';
import { FOUND, messages, PLACE } from './samples.ts';

/** A message in each of its forms. */
function told(message: Message): string {
  return [
    `# SMS\n\n${smsLine(message)}\n`,
    `# Mail\n\n${emailText(message)}`,
    `# Amazon Q\n\n${JSON.stringify(amazonQNotification(message), null, 2)}\n`,
    `# Buttons\n\n${message.actions.join(', ')}\n`,
    `# Thread\n\n${message.thread}, ${message.urgency}, ${message.severity}\n`,
  ].join('\n');
}

describe('what people are told', () => {
  it.each(Object.entries(messages()))('when it is %s reads as it was approved', async (kind, message) => {
    await expect(told(message)).toMatchFileSnapshot(`golden/${kind}.txt`);
  });

  it('of what no rule is to blame for reads as it was approved', async () => {
    await expect(told(outcomeMessage(FOUND, PLACE))).toMatchFileSnapshot('golden/found.txt');
  });

  it('without an alias, an owner’s tag and documentation names the number and the command', async () => {
    const { accountAlias: _, ...nameless } = PLACE;
    const message = outcomeMessage(FOUND, { ...nameless, settings: { ownerTags: [] } });
    expect(message.accountAlias).toBeUndefined();
    expect(message.owner).toBeUndefined();
    expect(message.facts).toContainEqual({ label: 'Account', text: '111122223333' });
    expect(message.reasons[0]?.url).toBeUndefined();
    expect(message.ways.at(-1)?.command).toBe('portcullis explain one-group-everywhere');
  });
});
