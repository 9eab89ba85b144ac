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

/**
 * Handles buttons: HTTP calls from Slack, custom actions of Amazon Q, and recorded requests that it sends to
 * itself.
 */
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
  return { runtime, ports, slackApi, workOn: lazyWorker(runtime, ports, slackApi ?? CHAT_APIS.slack) };
}

/** State shared by all invocations. */
interface ActionFunction {
  readonly runtime: Runtime;
  readonly ports: ActionPorts;
  readonly slackApi: string | undefined;
  /**
   * Handles a recorded request. Loads the code on demand, because Slack waits for the invocation that records
   * the request.
   */
  readonly workOn: (id: string) => Promise<HandledActionRequest>;
}

function reportRefusal({ metrics, logger }: Runtime, details: Readonly<Record<string, unknown>>): void {
  metrics.addMetric(METRICS.actionsRefused, MetricUnit.Count, 1);
  logger.warn('press refused', details);
}

async function handleHttp(call: HttpCall, { runtime, ports, slackApi }: ActionFunction): Promise<HttpAnswer> {
  const { clock, logger, metrics } = runtime;
  const read = await readSlackRequests(call, { secrets: ports.secrets, now: clock.now(), slackApi });
  if (read.kind === 'refused') {
    reportRefusal(runtime, { because: read.because, from: call.from });
    return httpAnswer(call, read.status);
  }
  await recordActionRequests(read.presses, ports);
  metrics.addMetric('PressesTaken', MetricUnit.Count, read.presses.length);
  for (const press of read.presses) logger.info('press taken', { press: actionRequestId(press), by: press.by });
  return httpAnswer(call, 200);
}

/** Results that count as refused. */
const REFUSED_KINDS: ReadonlySet<HandledActionRequest['kind']> = new Set(['unknown', 'late', 'not-allowed']);

/** Creates one cell for each container, because the cell caches Slack's user groups. */
function lazyWorker(runtime: Runtime, ports: ActionPorts, slackApi: string): ActionFunction['workOn'] {
  const load = lazily(async () => {
    const [{ handleActionRequest }, { slackReplies }, { slackUserGroups }] = await Promise.all([
      import('../../shared/actions/action-request.ts'),
      import('../../shared/notifications/channels/slack/api.ts'),
      import('../../shared/notifications/channels/slack/user-groups.ts'),
    ]);
    const { policy, fetch, clock } = runtime;
    const { secrets, actions, grant } = ports;
    const http = { fetch, clock };
    const access = async () => ({ ...http, api: slackApi, botToken: (await secrets.read()).slackBotToken });
    const userGroups = slackUserGroups(access, clock);
    const cell = { people: policy.people, ports: { actions, grant, clock, userGroups, answers: slackReplies(http) } };
    return async (id: string) => await handleActionRequest(id, cell);
  });
  return async (id) => await (await load())(id);
}

async function handleRecorded(id: string, { runtime, workOn }: ActionFunction): Promise<HandledActionRequest> {
  const handled = await workOn(id);
  const { kind } = handled;
  const reply = 'line' in handled && { line: handled.line, unanswered: handled.unanswered };
  const details = { press: id, kind, ...reply };
  if (REFUSED_KINDS.has(kind)) reportRefusal(runtime, details);
  else {
    runtime.metrics.addMetric('PressesWorkedOn', MetricUnit.Count, 1);
    runtime.logger.info('press worked on', details);
  }
  return handled;
}

async function handleAmazonQ(press: ActionRequest, common: ActionFunction): Promise<string> {
  await common.ports.actions.record(press);
  const handled = await handleRecorded(actionRequestId(press), common);
  return handled.kind === 'unknown' ? 'Nothing was done.' : handled.line;
}
