import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkContent } from '../../../../infra/local/fakes/slack/blocks.ts';
import type { IncidentState } from '../../../../shared/domain/delivery.ts';
import type { Message } from '../../../../shared/domain/message.ts';
import { sanitize } from '../../../../shared/network/format.ts';
import type { SlackMessage } from '../../../../shared/notifications/channels/slack/api.ts';
import { slackMessage, slackMessageWithoutButtons } from '../../../../shared/notifications/channels/slack/message.ts';
import { outcomeMessage } from '../../../../shared/notifications/compose/message.ts';
import { hostileMessages, largeOutcome } from '../../compose/hostile.ts';
import { messages, PLACE } from '../../compose/samples.ts';
import { anyMessage, anyText } from './any-message.ts';
import { readingOf } from './reading.ts';

function refusalOf({ text, blocks }: SlackMessage) {
  return checkContent({ text, blocks });
}

/** Half of a surrogate pair, or a control or direction character that is no line break of ours. */
function isUnprintable(text: string): boolean {
  return !text.isWellFormed() || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text.replaceAll('\n', ''));
}

function elementsOf({ blocks }: SlackMessage, type: string): readonly Readonly<Record<string, unknown>>[] {
  return blocks
    .filter((block) => block['type'] === type)
    .flatMap(({ elements }) => (Array.isArray(elements) ? elements : []));
}

function allText(message: SlackMessage): string {
  return readingOf(message).texts.join('\n');
}

describe('a message in Slack', () => {
  it.each(Object.entries(messages()))('reads as approved when it is about %s', async (kind, message) => {
    const rendered = slackMessage(message);
    expect(refusalOf(rendered)).toBeUndefined();
    await expect(`${JSON.stringify(rendered, null, 2)}\n`).toMatchFileSnapshot(`../../golden/slack/${kind}.json`);
  });

  it.each(Object.entries(hostileMessages()))('interprets nothing of %s', (_name, message) => {
    const rendered = slackMessage(message);
    expect(refusalOf(rendered)).toBeUndefined();
    expect(readingOf(rendered).interpreted).toEqual([]);
    expect(readingOf(rendered).texts.filter(isUnprintable)).toEqual([]);
  });

  it('has the same content without buttons if the cell has none', () => {
    const withButtons = Object.values(messages()).filter(
      (message) => elementsOf(slackMessage(message), 'actions').length > 0,
    );
    expect(withButtons.length).toBeGreaterThan(3);
    for (const message of withButtons) {
      const { text, blocks } = slackMessage(message);
      const others = blocks.filter(({ type }) => type !== 'actions');
      expect(slackMessageWithoutButtons(message)).toEqual({ text, blocks: others });
      expect(slackMessageWithoutButtons(message, { later: [], newest: message })).toEqual({ text, blocks: others });
    }
  });

  it('has only the links of the message', () => {
    for (const message of Object.values(hostileMessages())) {
      const links = [...message.links, ...message.reasons].map(({ url }) => url);
      expect(links).toEqual(expect.arrayContaining([...readingOf(slackMessage(message)).links]));
    }
  });

  it('is accepted by Slack with any text and any number of rules, and nothing in it is interpreted', () => {
    fc.assert(
      fc.property(anyMessage, fc.array(anyText, { maxLength: 12 }), anyMessage, (message, later, now) => {
        const standing: IncidentState = {
          later: later.map((headline, i) => ({ headline, at: i * 1000 })),
          newest: now,
        };
        for (const rendered of [slackMessage(message), slackMessage(message, standing)]) {
          expect(refusalOf(rendered)).toBeUndefined();
          expect(readingOf(rendered).interpreted).toEqual([]);
          expect(readingOf(rendered).texts.filter(isUnprintable)).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('shows a name unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 25 }), (name) => {
        const shown = sanitize(name.toWellFormed()) || '–';
        const rendered = slackMessage({ ...messages().closed, headline: name, facts: [{ label: 'Who', text: name }] });
        expect(readingOf(rendered).texts.filter((text) => text === shown).length).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('truncates 500 rules with a count of the rest and the remediation’s id', () => {
    const rendered = slackMessage(outcomeMessage(largeOutcome(500), PLACE));
    const text = allText(rendered);
    const shown = text.match(/sgr-[0-9a-f]{17}/g) ?? [];
    expect(refusalOf(rendered)).toBeUndefined();
    expect(text).toContain(`… and ${500 - shown.length} more; all of it is on record under `);
    expect(shown.length).toBeGreaterThan(3);
  });

  it('adds the lines omitted earlier to the count', () => {
    const listings = [{ title: 'Removed', lines: ['one rule'], omitted: 41 }];
    expect(allText(slackMessage({ ...messages().closed, listings }))).toMatch(
      /Removed\n \(42\)\none rule\n… and 41 more/,
    );
  });

  it('truncates a headline between grapheme clusters', () => {
    const rendered = slackMessage({ ...messages().closed, headline: '🇪🇺'.repeat(100) });
    const [header] = readingOf(rendered).texts;
    expect(header).toBe(`${'🇪🇺'.repeat(37)}…`);
  });

  it('leaves out a URL that Slack would refuse', () => {
    const links = [
      'https://example.com/a b',
      'javascript:alert(1)',
      'http://example.com',
      `https://e.co/${'x'.repeat(1000)}`,
    ]
      .map((url) => ({ label: 'bad', url }))
      .concat({ label: 'good', url: 'https://example.com/#SecurityGroup:groupId=sg-1' });
    const rendered = slackMessage({ ...messages().closed, links, reasons: [] });
    expect(readingOf(rendered).links).toEqual(['https://example.com/#SecurityGroup:groupId=sg-1']);
  });

  it('has only the action and the id in a button', () => {
    const buttons = elementsOf(slackMessage(messages().pending), 'actions');
    expect(buttons.map(({ action_id, value }) => [action_id, value])).toEqual(
      messages().pending.actions.map((action) => [action, messages().pending.remediationId]),
    );
  });

  it('asks for confirmation before rules are opened or closed', () => {
    const rendered = slackMessage({
      ...messages().closed,
      actions: ['restore', 'exempt', 'approve', 'decline', 'acknowledge'],
    });
    const asking = elementsOf(rendered, 'actions').filter((button) => 'confirm' in button);
    expect(asking.map(({ action_id }) => action_id)).toEqual(['restore', 'exempt', 'approve']);
  });

  it('has no buttons without a remediation', () => {
    const { remediationId: _, ...message } = messages().closed;
    expect(elementsOf(slackMessage(message), 'actions')).toEqual([]);
  });
});

describe('the first message of an incident', () => {
  const { pending, released, closed, restored } = messages();
  const later = [released, closed, restored].map(({ headline, at }) => ({ headline, at }));
  const standing: IncidentState = { later, newest: restored };
  const textOf = (message: Message, told?: IncidentState) => allText(slackMessage(message, told));

  it('is the same with a state without later messages', () => {
    expect(slackMessage(pending, { later: [], newest: pending })).toEqual(slackMessage(pending));
  });

  it('is as approved after later messages', async () => {
    const rendered = slackMessage(pending, standing);
    expect(refusalOf(rendered)).toBeUndefined();
    await expect(`${JSON.stringify(rendered, null, 2)}\n`).toMatchFileSnapshot('../../golden/slack/incident.json');
  });

  it('has the newest headline, and a line for each message', () => {
    const [header] = readingOf(slackMessage(pending, standing)).texts;
    expect(header).toBe(restored.headline);
    const text = textOf(pending, standing);
    for (const { headline } of [pending, released, closed, restored]) expect(text).toContain(headline.slice(0, 100));
  });

  it('has only the buttons of the newest message', () => {
    expect(elementsOf(slackMessage(pending, standing), 'actions').map(({ action_id }) => action_id)).toEqual(
      restored.actions,
    );
  });

  it('keeps what was found, and drops what is no longer so', () => {
    const text = textOf(pending, standing);
    for (const fact of pending.facts) expect(text).toContain(fact.text);
    expect(text).toContain('As it was first told:');
    for (const { command } of pending.ways) expect(text).not.toContain(command);
  });

  it('counts the lines that are left to the thread', () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ headline: `state ${i}`, at: i }));
    const text = textOf(pending, { later: many, newest: closed });
    expect(text).toContain('… 35 more in the thread');
    expect(text).toContain('state 39');
    expect(text).not.toContain('state 34\n');
  });
});
