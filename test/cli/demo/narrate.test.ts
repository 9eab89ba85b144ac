import { describe, expect, it } from 'vitest';
import { slackView } from '../../../cli/demo/narrate.ts';
import { slackMessage } from '../../../shared/notifications/channels/slack/message.ts';
import type { Paint } from '../../../shared/reports/text.ts';
import { messages } from '../../notifications/compose/samples.ts';

const marked: Paint = (tone, text) => `{${tone}:${text}}`;
const bare: Paint = (_tone, text) => text;

describe('a message on the terminal, as Slack shows it', () => {
  const { closed, pending } = messages();

  it('shows the content of every block', () => {
    const view = slackView(slackMessage(closed), bare);
    for (const { text } of closed.remarks.map((remark) => ({ text: remark }))) expect(view).toContain(text);
    for (const line of closed.listings.flatMap(({ lines }) => lines)) expect(view).toContain(`│ ${line}`);
    expect(view.split('\n')[0]).toBe(`┃ ${closed.headline}`);
    expect(view).toContain('[ Restore ]  [ Exempt for 24 h ]');
    expect(view).not.toContain('not shown here');
  });

  it('marks what Slack highlights', () => {
    const view = slackView(slackMessage(pending), marked);
    expect(view).toContain(`{strong:${pending.headline}}`);
    expect(view).toContain('{good:[ Approve ]}  [ Decline ]');
    expect(view).toContain('{strong:Who}: ');
  });

  it('decodes entities, and does not decode rich text', () => {
    const message = { ...closed, headline: '<!channel> & co', facts: [{ label: 'Who', text: '&lt;b&gt;' }] };
    const view = slackView(slackMessage(message), bare);
    expect(view).toContain('┃ <!channel> & co');
    expect(view).toContain('┃ Who: &lt;b&gt;');
  });

  it('shows sections and dividers, and names what it cannot show', () => {
    const text = { type: 'plain_text', text: 'a\nb' };
    const blocks = [{ type: 'section', text, fields: [text] }, { type: 'divider' }, { type: 'image' }];
    expect(slackView({ text: '', blocks }, bare)).toBe(
      `┃ a\n┃ b\n┃ a\n┃ b\n┃ ${'─'.repeat(40)}\n┃\n┃ (a block of type image, which is not shown here)`,
    );
  });
});
