import { describe, expect, it } from 'vitest';
import { checkContent } from '../../../../../infra/local/fakes/slack/blocks.ts';

function plain(length: number) {
  return { type: 'plain_text', text: 'x'.repeat(length) };
}
function button(more: object = {}) {
  return { type: 'button', action_id: 'restore', text: plain(75), value: 'x', ...more };
}
function words(...elements: readonly object[]) {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements }],
  };
}
const confirm = { title: plain(100), text: plain(300), confirm: plain(30), deny: plain(30) };

const taken = {
  'a header of 150 characters': { type: 'header', text: plain(150) },
  'a section of 3,000 characters': {
    type: 'section',
    text: { type: 'mrkdwn', text: 'x'.repeat(3000), verbatim: true },
  },
  'a section of 10 fields': { type: 'section', fields: Array.from({ length: 10 }, () => plain(1000)) },
  'a field of 2,000 characters': { type: 'section', fields: [plain(2000)] },
  'a context of 10 elements': { type: 'context', elements: Array.from({ length: 10 }, () => plain(10)) },
  'a button of 75 characters with a value of 2,000': {
    type: 'actions',
    elements: [button({ value: 'x'.repeat(2000) })],
  },
  'a button that asks again': { type: 'actions', elements: [button({ confirm, style: 'danger' })] },
  '25 buttons': {
    type: 'actions',
    elements: Array.from({ length: 25 }, (_, i) => button({ action_id: `a${i}`, text: plain(5) })),
  },
  'rich text with a link': words({ type: 'link', url: 'https://example.com/#a:b=c', text: 'x' }),
  'a divider': { type: 'divider' },
};

const refused = {
  'a header of 151 characters': [
    { type: 'header', text: plain(151) },
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  'a header with mark-up': [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }, 'must be one of plain_text'],
  'an empty text': [{ type: 'header', text: plain(0) }, 'must be more than 0 characters'],
  'a section of 3,001 characters': [{ type: 'section', text: plain(3001) }, 'must be less than 3001 characters'],
  'a section of nothing': [{ type: 'section' }, 'missing required field: text or fields'],
  'a section of 11 fields': [
    { type: 'section', fields: Array.from({ length: 11 }, () => plain(1)) },
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  'a field of 2,001 characters': [{ type: 'section', fields: [plain(2001)] }, 'must be less than 2001 characters'],
  'a context of 11 elements': [
    { type: 'context', elements: Array.from({ length: 11 }, () => plain(1)) },
    'no more than 10 items allowed',
  ],
  'a context of nothing': [{ type: 'context', elements: [] }, 'no less than 1 items allowed'],
  '26 buttons': [
    { type: 'actions', elements: Array.from({ length: 26 }, (_, i) => button({ action_id: `a${i}` })) },
    'no more than 25 items allowed',
  ],
  'two buttons with one action': [{ type: 'actions', elements: [button(), button()] }, '`action_id` already exists'],
  'a button of 76 characters': [
    { type: 'actions', elements: [button({ text: plain(76) })] },
    'less than 76 characters',
  ],
  'a value of 2,001 characters': [
    { type: 'actions', elements: [button({ value: 'x'.repeat(2001) })] },
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  'a style that Slack does not have': [{ type: 'actions', elements: [button({ style: 'red' })] }, 'must be one of'],
  'a dialog without a way out': [
    { type: 'actions', elements: [button({ confirm: { ...confirm, deny: undefined } })] },
    'must be an object [json-pointer:/blocks/0/elements/0/confirm/deny]',
  ],
  'a dialog of 301 characters': [
    { type: 'actions', elements: [button({ confirm: { ...confirm, text: plain(301) } })] },
    'must be less than 301 characters',
  ],
  'an address of 3,001 characters': [
    words({ type: 'link', url: `https://example.com/${'x'.repeat(2981)}`, text: 'x' }),
    'must be less than 3001 characters',
  ],
  'an address with a space': [words({ type: 'link', url: 'https://example.com/a b', text: 'x' }), 'invalid url'],
  'an address of a script': [words({ type: 'link', url: 'javascript:alert(1)', text: 'x' }), 'invalid url'],
  'a mention in rich text': [words({ type: 'broadcast', range: 'channel' }), 'unsupported type: broadcast'],
  'a block that does not exist': [{ type: 'table' }, 'unsupported type: table'],
  'a field that does not exist': [{ type: 'divider', colour: 'red' }, 'invalid additional property: colour'],
  'no object': ['header', 'unsupported type'],
} as const;

describe('the local Slack', () => {
  it.each(Object.entries(taken))('accepts %s', (_name, block) => {
    expect(checkContent({ text: 'x', blocks: [block] })).toBeUndefined();
  });

  it.each(Object.entries(refused))('refuses %s', (_name, [block, reason]) => {
    const refusal = checkContent({ text: 'x', blocks: [block] });
    expect(refusal?.error).toBe('invalid_blocks');
    expect(refusal?.complaints.join('\n')).toContain(reason);
  });

  it('accepts 50 blocks and refuses 51', () => {
    const dividers = Array.from({ length: 50 }, () => ({ type: 'divider' }));
    expect(checkContent({ text: 'x', blocks: dividers })).toBeUndefined();
    expect(checkContent({ text: 'x', blocks: [...dividers, { type: 'divider' }] })?.complaints).toEqual([
      'no more than 50 items allowed [json-pointer:/blocks]',
    ]);
  });

  it('refuses blocks that are too long in total', () => {
    const sections = Array.from({ length: 4 }, () => ({ type: 'section', text: plain(2900) }));
    expect(checkContent({ text: 'x', blocks: sections.slice(1) })).toBeUndefined();
    expect(checkContent({ text: 'x', blocks: sections })?.error).toBe('msg_blocks_too_long');
  });

  it('refuses an empty message, a text that is too long, and invalid blocks', () => {
    expect(checkContent({})?.error).toBe('no_text');
    expect(checkContent({ text: '', blocks: [] })?.error).toBe('no_text');
    expect(checkContent({ text: 'x'.repeat(40_001) })?.error).toBe('msg_too_long');
    expect(checkContent({ text: 'x', blocks: 'header' })?.error).toBe('invalid_blocks_format');
  });
});
