import type { ActionRequestCell } from '../../shared/actions/action-request.ts';
import type { ActionPorts } from '../../shared/adapters/aws/cells/action-cell.ts';
import { slackReplies } from '../../shared/notifications/channels/slack/api.ts';
import { slackUserGroups } from '../../shared/notifications/channels/slack/user-groups.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What carrying presses out takes, with Slack behind it. Create one for each container: it remembers who is in which user group. */
export function actionRequestCell(
  { policy, fetch, clock }: Runtime,
  { keys, presses, grant }: ActionPorts,
  api: string,
): ActionRequestCell {
  const http = { fetch, clock };
  const access = async () => ({ ...http, api, botToken: (await keys.read()).slackBotToken });
  const userGroups = slackUserGroups(access, clock);
  return { people: policy.people, ports: { presses, grant, clock, userGroups, answers: slackReplies(http) } };
}
