import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { actionPorts } from '../shared/aws/action-cell.ts';
import { CHAT_APIS } from '../shared/catalogue/settings.ts';
import type { HttpCall } from '../shared/model/http-call.ts';
import { METRICS } from '../shared/model/metrics.ts';
import { type Press, pressId } from '../shared/model/press.ts';
import { takeIn } from '../shared/pipeline/action/take-in.ts';
import type { Worked } from '../shared/pipeline/action/work-on.ts';
import { readActionEvent } from '../shared/readers/action-event.ts';
import { loadPolicy } from './policy.ts';
import { pressesIn } from './press-front.ts';
import { optionalSetting, setting } from './settings.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

/** What Lambda makes an answer over HTTP of. Nothing about a refusal leaves the function but its status. */
interface HttpAnswer {
  readonly statusCode: number;
  readonly body: '';
}

const slackApi = optionalSetting('slackApi');
const ports = actionPorts({
  ledgerTable: setting('ledgerTable'),
  secretArn: setting('alertsSecret'),
  grantFunction: setting('grantFunction'),
  actionFunction: setting('actionFunction'),
  clock,
});

const refused = (details: Readonly<Record<string, unknown>>): void => {
  metrics.addMetric(METRICS.pressesRefused, MetricUnit.Count, 1);
  logger.warn('press refused', details);
};

const fromUrl = async (call: HttpCall): Promise<HttpAnswer> => {
  const brought = await pressesIn(call, { keys: ports.keys, now: clock.now(), slackApi });
  if (brought.kind === 'refused') {
    refused({ because: brought.because, from: call.from });
    return { statusCode: brought.status, body: '' };
  }
  await takeIn(brought.presses, ports);
  metrics.addMetric('PressesTaken', MetricUnit.Count, brought.presses.length);
  for (const press of brought.presses) logger.info('press taken', { press: pressId(press), by: press.by });
  return { statusCode: 200, body: '' };
};

/** Whoever this is about has pressed, and may not; or nobody has. */
const REFUSALS: ReadonlySet<Worked['kind']> = new Set(['unknown', 'late', 'not-allowed']);

/** What carries presses out is loaded by the first of them, apart from the call that Slack waits for. */
const workedOn = async (id: string): Promise<Worked> => {
  const [{ workOn }, { pressCell }] = await Promise.all([
    import('../shared/pipeline/action/work-on.ts'),
    import('./press-cell.ts'),
  ]);
  const worked = await workOn(id, pressCell(loadPolicy().people, ports, slackApi ?? CHAT_APIS.slack));
  const { kind, ...told } = worked;
  const details = { press: id, kind, ...('line' in told && { line: told.line, unanswered: told.unanswered }) };
  if (REFUSALS.has(kind)) refused(details);
  else {
    metrics.addMetric('PressesWorkedOn', MetricUnit.Count, 1);
    logger.info('press worked on', details);
  }
  return worked;
};

const fromChat = async (press: Press): Promise<string> => {
  await ports.presses.record(press);
  const worked = await workedOn(pressId(press));
  return worked.kind === 'unknown' ? 'Nothing was done.' : worked.line;
};

const onAction = async (event: unknown): Promise<HttpAnswer | string> => {
  const asked = readActionEvent(event, clock.now());
  switch (asked.from) {
    case 'url':
      return await fromUrl(asked.call);
    case 'amazon-q':
      return await fromChat(asked.press);
    case 'itself':
      return (await workedOn(asked.pressId)).kind;
    case 'nobody':
      refused({ because: asked.because });
      return `Nothing was done: ${asked.because}`;
    default:
      return asked satisfies never;
  }
};

/** Where buttons end: a URL that Slack posts to, an action of Amazon Q's, and what it puts before itself to carry a press out. */
export const handler = observed(onAction);
