import { expect, it } from 'vitest';
import { watch } from '../../../cli/local/watch.ts';
import { paintFor } from '../../../cli/output/text.ts';
import { queueArn } from '../../../infra/local/services/sqs/queues.ts';
import { virtualAccount } from '../../infra/local/in-process.ts';

async function watched() {
  const local = await virtualAccount();
  const printed: string[] = [];
  const clock = { now: () => local.clock.now(), every: () => () => undefined };
  const terminal = { out: (text: string) => void printed.push(text), clock };
  const stop = watch(local, terminal, paintFor({ colour: false }));
  const target = () => Promise.reject(new Error('the table is gone\u001b[2J'));
  local.functions.deploy({ name: 'on-change', timeoutMs: 1000, target });
  local.functions.invokeLater('on-change', 'us-east-1', {});
  return { local, printed, stop };
}

it('an event that Lambda gives up is shown with the reason', async () => {
  const { local, printed, stop } = await watched();
  await local.background.drain();
  expect(printed.join('')).toMatch(
    /^on-change failed for good after 3 attempts \(RetriesExhausted\): Error: the table is gone/,
  );
  expect(printed.join('')).not.toContain('\u001b');
  expect(printed.join('')).toContain('No queue has the event: it is lost.\n');
  stop();
  await local.close();
});

it('an event that Lambda gives up is shown with the queue that has it', async () => {
  const { local, printed, stop } = await watched();
  const region = local.account.region('us-east-1');
  const arn = queueArn(region, 'given-up');
  region.queues.set('given-up', { name: 'given-up', arn, visibilityMs: 0, messages: new Map() });
  const target = () => Promise.reject(new Error('the table is gone'));
  local.functions.deploy({ name: 'on-grant', timeoutMs: 1000, target, failureQueueArn: arn });
  local.functions.invokeLater('on-grant', 'us-east-1', {});
  await local.background.drain();
  expect(printed.join('')).toContain('The queue given-up has the event: portcullis redrive asks for it again.\n');
  stop();
  await local.close();
});

it('an event whose retry is not due yet when the account stops is shown, too', async () => {
  const { local, printed, stop } = await watched();
  await local.clock.advance(1);
  await local.close();
  expect(printed.join('')).toContain('after 1 attempt (Stopped)');
  stop();
});
