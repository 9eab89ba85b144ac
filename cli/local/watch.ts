import type { PublishedMessage } from '../../infra/local/account/records.ts';
import { textFor } from '../../infra/local/account/sns-subscriptions.ts';
import type { LocalAccount } from '../../infra/local/start.ts';
import { plainLines } from '../../shared/reports/lines.ts';
import type { Paint } from '../../shared/reports/paint.ts';
import type { Terminal } from '../terminal.ts';
import { eventLine } from './event-line.ts';
import { failureText } from './failure-text.ts';

/** How often messages are looked for, in milliseconds. */
const INTERVAL = 100;

const messageText = (message: PublishedMessage, paint: Paint): string =>
  [
    paint('strong', 'On-call reads'),
    ...plainLines(textFor('email', message).trimEnd()).map((line) => `  | ${line}`.trimEnd()),
    '',
  ].join('\n');

/** Shows each change, message and failed event as it comes; returns how to stop, which shows what is left. */
export const watch = (account: LocalAccount, terminal: Pick<Terminal, 'out' | 'clock'>, paint: Paint): (() => void) => {
  let shown = 0;
  const showMessages = () => {
    for (const message of account.messages.slice(shown)) terminal.out(messageText(message, paint));
    shown = account.messages.length;
  };
  const stopEvents = account.onEvent((event) => terminal.out(`${eventLine(event, paint)}\n`));
  const stopFailures = account.background.onFailure((failure) => terminal.out(failureText(failure, paint)));
  const stopMessages = terminal.clock.every(INTERVAL, showMessages);
  return () => {
    stopEvents();
    stopMessages();
    stopFailures();
    showMessages();
  };
};
