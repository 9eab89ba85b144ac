import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { takeIn } from '../../shared/actions/take-in.ts';
import type { Worked } from '../../shared/actions/work-on.ts';
import { type ActionPorts, actionPorts } from '../../shared/adapters/aws/cells/action-cell.ts';
import { lazily } from '../../shared/adapters/aws/lazily.ts';
import { CHAT_APIS } from '../../shared/catalogue/settings.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import type { HttpCall } from '../../shared/domain/requests/http-call.ts';
import { type Press, pressId } from '../../shared/domain/requests/press.ts';
import { readActionEvent } from '../../shared/events/requests/action-event.ts';
import { type HttpAnswer, httpAnswer } from '../../shared/events/requests/http-event.ts';
import { observed } from '../runtime/observed.ts';
import type { Handler, Runtime } from '../runtime/runtime.ts';
import { optionalSetting, setting } from '../runtime/settings.ts';
import { pressesIn } from './front.ts';

/** What every invocation shares. */
interface Shared {
  readonly runtime: Runtime;
  readonly ports: ActionPorts;
  readonly slackApi: string | undefined;
  /** Carries out a press by its id. The first call loads the code, apart from the invocation that Slack waits for. */
  readonly workOn: (id: string) => Promise<Worked>;
}

const refused = ({ metrics, logger }: Runtime, details: Readonly<Record<string, unknown>>): void => {
  metrics.addMetric(METRICS.pressesRefused, MetricUnit.Count, 1);
  logger.warn('press refused', details);
};

const fromHttp = async (call: HttpCall, { runtime, ports, slackApi }: Shared): Promise<HttpAnswer> => {
  const { clock, logger, metrics } = runtime;
  const brought = await pressesIn(call, { keys: ports.keys, now: clock.now(), slackApi });
  if (brought.kind === 'refused') {
    refused(runtime, { because: brought.because, from: call.from });
    return httpAnswer(call, brought.status);
  }
  await takeIn(brought.presses, ports);
  metrics.addMetric('PressesTaken', MetricUnit.Count, brought.presses.length);
  for (const press of brought.presses) logger.info('press taken', { press: pressId(press), by: press.by });
  return httpAnswer(call, 200);
};

/** Whoever this is about has pressed, and may not; or nobody has. */
const REFUSALS: ReadonlySet<Worked['kind']> = new Set(['unknown', 'late', 'not-allowed']);

/** One cell for the container: it remembers what Slack said of its user groups. */
const worker = (runtime: Runtime, ports: ActionPorts, slackApi: string | undefined): Shared['workOn'] => {
  const load = lazily(async () => {
    const [{ workOn }, { pressCell }] = await Promise.all([
      import('../../shared/actions/work-on.ts'),
      import('./press-cell.ts'),
    ]);
    const cell = pressCell(runtime, ports, slackApi ?? CHAT_APIS.slack);
    return async (id: string) => await workOn(id, cell);
  });
  return async (id) => await (await load())(id);
};

const workedOn = async (id: string, { runtime, workOn }: Shared): Promise<Worked> => {
  const worked = await workOn(id);
  const { kind, ...told } = worked;
  const details = { press: id, kind, ...('line' in told && { line: told.line, unanswered: told.unanswered }) };
  if (REFUSALS.has(kind)) refused(runtime, details);
  else {
    runtime.metrics.addMetric('PressesWorkedOn', MetricUnit.Count, 1);
    runtime.logger.info('press worked on', details);
  }
  return worked;
};

const fromChat = async (press: Press, common: Shared): Promise<string> => {
  await common.ports.presses.record(press);
  const worked = await workedOn(pressId(press), common);
  return worked.kind === 'unknown' ? 'Nothing was done.' : worked.line;
};

const shared = (runtime: Runtime): Shared => {
  const { environment } = runtime;
  const ports = actionPorts({
    ...runtime,
    ledgerTable: setting(environment, 'ledgerTable'),
    secretArn: setting(environment, 'alertsSecret'),
    grantFunction: setting(environment, 'grantFunction'),
    actionFunction: setting(environment, 'actionFunction'),
  });
  const slackApi = optionalSetting(environment, 'slackApi');
  return { runtime, ports, slackApi, workOn: worker(runtime, ports, slackApi) };
};

/** Where buttons end: an HTTP call of Slack's through a function URL, API Gateway or a load balancer, an action of Amazon Q's, and what it puts before itself to carry a press out. */
export const create = (runtime: Runtime): Handler<HttpAnswer | string> => {
  const common = shared(runtime);
  return observed(runtime, async (event) => {
    const asked = readActionEvent(event, runtime.clock.now());
    switch (asked.from) {
      case 'http':
        return await fromHttp(asked.call, common);
      case 'amazon-q':
        return await fromChat(asked.press, common);
      case 'itself':
        return (await workedOn(asked.pressId, common)).kind;
      case 'nobody':
        refused(runtime, { because: asked.because });
        return `Nothing was done: ${asked.because}`;
      default:
        return asked satisfies never;
    }
  });
};
