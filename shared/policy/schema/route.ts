import { z } from 'zod';
import { SEVERITIES } from '../../domain/controls/finding.ts';
import type { Channel, Route } from '../../domain/notifications/delivery.ts';
import { KINDS } from './message-kinds.ts';
import { inItself, type SectionIssue, words } from './word.ts';

const A_CHANNEL = "the id of a Slack channel, such as C0123456789 (at the end of the channel's details)";

const AN_ENTRY = 'the name of an entry of the secret: letters, digits, dot, dash and underscore';

const entryName = z.string({ error: AN_ENTRY }).regex(/^[A-Za-z0-9][\w.-]{0,63}$/, { error: AN_ENTRY });

interface Written {
  readonly slack?: string | undefined;
  readonly webhook?: string | undefined;
  readonly pagerduty?: string | undefined;
}

const issuesOf = ({ slack, webhook, pagerduty }: Written): readonly SectionIssue[] =>
  [slack, webhook, pagerduty].filter((one) => one !== undefined).length === 1
    ? []
    : [{ path: [], text: 'expected one of slack, webhook and pagerduty' }];

const channel = z
  .strictObject(
    {
      slack: z
        .string({ error: A_CHANNEL })
        .regex(/^[CG][A-Z0-9]{8,20}$/, { error: A_CHANNEL })
        .optional()
        .describe('Id of a Slack channel that the bot is in.'),
      webhook: entryName.optional().describe('Name of an incoming webhook in the secret.'),
      pagerduty: entryName.optional().describe('Name of a PagerDuty service in the secret.'),
    },
    { error: 'a channel, such as slack: C0123456789' },
  )
  .superRefine(inItself(issuesOf));

const AN_ACCOUNT = 'an account id in quotes, such as "111122223333", with * for anything';

const account = z.string({ error: AN_ACCOUNT }).regex(/^(?:\d{12}|[\d*]*\*[\d*]*)$/, { error: AN_ACCOUNT });

const someOf = <T extends z.ZodType>(element: T, what: string) =>
  z
    .array(element, { error: `a list of ${what}` })
    .min(1, { error: `at least one of the ${what} (leave it out for all)` })
    .optional();

/** One route. */
export const routeSchema = z.strictObject(
  {
    to: z
      .array(channel, { error: 'a list of channels' })
      .min(1, { error: 'at least one channel' })
      .describe('Channels that the messages go to.'),
    accounts: someOf(account, 'accounts').describe('Account ids, * for anything.'),
    owners: someOf(words('an owner, with * for anything'), 'owners').describe('As the tags of the group say it.'),
    tag: z
      .record(words('a tag key'), z.string({ error: 'a value, with * for anything' }), {
        error: 'a map of tags to their values',
      })
      .refine((tags) => Object.keys(tags).length > 0, { error: 'at least one tag' })
      .optional()
      .describe('Tags that the group has, all of them; * stands for anything.'),
    severities: someOf(z.enum(SEVERITIES, { error: `a severity (${SEVERITIES.join(', ')})` }), 'severities').describe(
      'Of the message.',
    ),
    urgency: z
      .enum(['call', 'inform'], { error: 'call or inform' })
      .optional()
      .describe('call: messages that somebody has to answer. inform: all others.'),
    kinds: someOf(z.enum(KINDS, { error: 'a kind of message' }), 'kinds').describe('What the message is about.'),
    last: z
      .boolean({ error: 'true or false' })
      .optional()
      .describe('A message that fits goes to no route below; default false.'),
  },
  { error: 'a map of to and what goes there' },
);

const compileChannel = ({ slack, webhook, pagerduty }: z.infer<typeof channel>): Channel => {
  if (slack !== undefined) return { kind: 'slack', id: slack };
  return webhook === undefined ? { kind: 'pagerduty', name: pagerduty ?? '' } : { kind: 'webhook', name: webhook };
};

/** A valid route as the functions read it. */
export const compileRoute = (written: z.infer<typeof routeSchema>): Route => {
  const { to, accounts, owners, tag, severities, urgency, kinds, last } = written;
  return {
    to: to.map(compileChannel),
    ...(accounts && { accounts }),
    ...(owners && { owners }),
    ...(tag && { tags: tag }),
    ...(severities && { severities }),
    ...(urgency && { urgencies: [urgency] }),
    ...(kinds && { kinds }),
    last: last ?? false,
  };
};
