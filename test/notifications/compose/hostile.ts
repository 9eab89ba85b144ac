import type { Outcome } from '../../../shared/domain/decision.ts';
import type { Rule } from '../../../shared/domain/group.ts';
import type { Message } from '../../../shared/domain/message.ts';
import type { Notification } from '../../../shared/domain/notification.ts';
import { outcomeMessage } from '../../../shared/notifications/compose/message.ts';
import { notificationMessage } from '../../../shared/notifications/compose/notification.ts';
import { BOB, entryOf, gist, NEWS, OUTCOMES, PLACE, plan, ruleAt } from './samples.ts';

/** What strangers may write into names, descriptions, tags, session names and reasons. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  'a name of 500 characters': 'x'.repeat(500),
  'a name of 500 emoji': '🔥'.repeat(500),
  'half an emoji': 'a\ud83d b',
  backticks: '``` `code` ```',
  'a mention of everybody in a channel': '<!channel> <!here> <!everyone> @channel @here @everyone',
  'a mention of a person': '<@U123> <#C123> <!subteam^S123>',
  'a link in Slack': '<https://evil.example.com|click here> https://evil.example.com',
  'a link in Markdown': '[click here](https://evil.example.com) ![](https://evil.example.com/x.png)',
  emphasis: '*bold* _italic_ ~struck~ > quoted # heading - list',
  'an emoji by name': ':rotating_light: :white_check_mark:',
  'direction marks': 'abc\u202egnp.exe\u202c \u2066x\u2069 \u200f\u061c',
  'characters without width': 'a\u200bb\u200cc\u200dd\ufeffe',
  newlines: 'first\nClosed: nothing to see\r\nthird\u2028fourth\u2029fifth\u0085sixth',
  'code points that no queue takes': 'a\ufffeb\uffffc\u{1ffff}d\ufdd0e',
  'control characters': 'a\u0000b\u001b[31mred\u0007\u009b',
  'JSON and HTML': '{"a":"b\\"} &lt;b&gt; <script>alert(1)</script> &amp;',
};

/** An outcome with a text wherever a stranger can put one. */
export function hostileOutcome(text: string, status: Outcome['status'] = 'done'): Outcome {
  const rules = [ruleAt(1, 22, '0.0.0.0/0', text)];
  const tags = { owner: text, [text]: text, 'aws:cloudformation:stack-name': text, git_repo: text, git_file: text };
  const { decision, change } = plan();
  const because = decision.findings.map((one) => ({ ...one, rules, detail: text }));
  const group = { ...decision.group, name: text, description: text, tags };
  const actor = {
    type: 'AssumedRole',
    name: text,
    arn: text,
    sourceIp: text,
    tool: 'unknown',
    invokedBy: text,
  } as const;
  return {
    ...OUTCOMES.closed,
    plan: plan({ group, rules, findings: because }, { ...change, id: text, actor }),
    status,
    removed: status === 'done' ? rules : [],
  };
}

function asked(text: string) {
  return { ...BOB, by: { name: text, arn: text, through: 'tag' }, reason: text } as const;
}

/** News with a text wherever a stranger can put one. */
function hostileNews(text: string): readonly Notification[] {
  return [
    {
      id: 'x restore 1',
      what: 'granted',
      entry: entryOf(hostileOutcome(text)),
      followUp: { ...asked(text), kind: 'restore', granted: [ruleAt(9, 22, '0.0.0.0/0', text)], refused: [] },
    },
    { id: 'x', what: 'migration-stopped', entry: entryOf(hostileOutcome(text)), because: [text] },
    { ...NEWS.exempted, exemption: { ...NEWS.exempted.exemption, ...asked(text), owner: text, ticket: text } },
    { ...NEWS['exemption-ignored'], because: text, asked: asked(text) },
    { ...NEWS.storm, gists: [{ ...gist(1), groupName: text, actor: text }] },
  ];
}

function many(count: number): readonly Rule[] {
  return Array.from({ length: count }, (_, i) => ruleAt(i + 1, 22, `0.0.0.0/${i % 2}`, 'é'.repeat(255)));
}

/**
 * An outcome about so many rules, each with a description as long as EC2 takes one, of two bytes a character.
 */
export function largeOutcome(count: number): Outcome {
  const rules = many(count);
  const because = plan().decision.findings.map((one) => ({ ...one, rules }));
  return { ...OUTCOMES.closed, plan: plan({ rules, findings: because }), removed: rules };
}

/** Every hostile message by name. */
export function hostileMessages(): Readonly<Record<string, Message>> {
  return Object.fromEntries(
    Object.entries(HOSTILE_TEXTS).flatMap(([name, text]) => [
      [`${name}, closed`, outcomeMessage(hostileOutcome(text), PLACE)],
      [`${name}, pending`, outcomeMessage(hostileOutcome(text, 'pending'), PLACE)],
      ...hostileNews(text).map((news) => [`${name}, ${news.what}`, notificationMessage(news, PLACE)] as const),
    ]),
  );
}
