import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { HandledActionRequest } from '../../shared/actions/action-request.ts';
import { type ActionPorts, actionPorts } from '../../shared/adapters/aws/cells/action-cell.ts';
import { lazily } from '../../shared/adapters/aws/lazily.ts';
import { CHAT_APIS } from '../../shared/catalogue/settings.ts';
import { type ActionRequest, actionRequestId, type HttpCall } from '../../shared/domain/action.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import { readActionEvent } from '../../shared/events/requests/action-event.ts';
import { type HttpAnswer, httpAnswer } from '../../shared/events/requests/http-event.ts';
import { observed } from '../runtime/handler.ts';
import { type Handler, optionalSetting, type Runtime, setting } from '../runtime/runtime.ts';
import { readSlackRequests, recordActionRequests } from './front.ts';

/** Where buttons end: an HTTP call of Slack's through a function URL, API Gateway or a load balancer, an action of Amazon Q's, and what it puts before itself to carry a press out. */
export function create(runtime: Runtime): Handler<HttpAnswer | string> {
  const common = actionFunction(runtime);
  return observed(runtime, async (event) => {
    const asked = readActionEvent(event, runtime.clock.now());
    switch (asked.from) {
      case 'http':
        return await handleHttp(asked.call, common);
      case 'amazon-q':
        return await handleAmazonQ(asked.press, common);
      case 'itself':
        return (await handleRecorded(asked.pressId, common)).kind;
      case 'nobody':
        reportRefusal(runtime, { because: asked.because });
        return `Nothing was done: ${asked.because}`;
      default:
        return asked satisfies never;
    }
  });
}

function actionFunction(runtime: Runtime): ActionFunction {
  const { environment } = runtime;
  const ports = actionPorts({
    ...runtime,
    ledgerTable: setting(environment, 'ledgerTable'),
    secretArn: setting(environment, 'alertsSecret'),
    grantFunction: setting(environment, 'grantFunction'),
    actionFunction: setting(environment, 'actionFunction'),
  });
  const slackApi = optionalSetting(environment, 'slackApi');
  return { runtime, ports, slackApi, workOn: lazyWorker(runtime, ports, slackApi) };
}

/** What every invocation shares. */
interface ActionFunction {
  readonly runtime: Runtime;
  readonly ports: ActionPorts;
  readonly slackApi: string | undefined;
  /** Carries out a press by its id. The first call loads the code, apart from the invocation that Slack waits for. */
  readonly workOn: (id: string) => Promise<HandledActionRequest>;
}

function reportRefusal({ metrics, logger }: Runtime, details: Readonly<Record<string, unknown>>): void {
  metrics.addMetric(METRICS.actionsRefused, MetricUnit.Count, 1);
  logger.warn('press refused', details);
}

async function handleHttp(call: HttpCall, { runtime, ports, slackApi }: ActionFunction): Promise<HttpAnswer> {
  const { clock, logger, metrics } = runtime;
  const added = await readSlackRequests(call, { keys: ports.keys, now: clock.now(), slackApi });
  if (added.kind === 'refused') {
    reportRefusal(runtime, { because: added.because, from: call.from });
    return httpAnswer(call, added.status);
  }
  await recordActionRequests(added.presses, ports);
  metrics.addMetric('PressesTaken', MetricUnit.Count, added.presses.length);
  for (const press of added.presses) logger.info('press taken', { press: actionRequestId(press), by: press.by });
  return httpAnswer(call, 200);
}

/** Whoever this is about has pressed, and may not; or nobody has. */
const REFUSED_KINDS: ReadonlySet<HandledActionRequest['kind']> = new Set(['unknown', 'late', 'not-allowed']);

/** One cell for the container: it remembers what Slack said of its user groups. */
function lazyWorker(runtime: Runtime, ports: ActionPorts, slackApi: string | undefined): ActionFunction['workOn'] {
  const load = lazily(async () => {
    const [{ handleActionRequest: workOn }, { actionRequestCell: pressCell }] = await Promise.all([
      import('../../shared/actions/action-request.ts'),
      import('./press-cell.ts'),
    ]);
    const cell = pressCell(runtime, ports, slackApi ?? CHAT_APIS.slack);
    return async (id: string) => await workOn(id, cell);
  });
  return async (id) => await (await load())(id);
}

async function handleRecorded(id: string, { runtime, workOn }: ActionFunction): Promise<HandledActionRequest> {
  const worked = await workOn(id);
  const { kind, ...told } = worked;
  const details = { press: id, kind, ...('line' in told && { line: told.line, unanswered: told.unanswered }) };
  if (REFUSED_KINDS.has(kind)) reportRefusal(runtime, details);
  else {
    runtime.metrics.addMetric('PressesWorkedOn', MetricUnit.Count, 1);
    runtime.logger.info('press worked on', details);
  }
  return worked;
}

async function handleAmazonQ(press: ActionRequest, common: ActionFunction): Promise<string> {
  await common.ports.presses.record(press);
  const worked = await handleRecorded(actionRequestId(press), common);
  return worked.kind === 'unknown' ? 'Nothing was done.' : worked.line;
}
