import type { ActionPorts } from '../shared/aws/action-cell.ts';
import { slackAnswers } from '../shared/channels/slack-answers.ts';
import { slackUserGroups } from '../shared/channels/slack-user-groups.ts';
import type { People } from '../shared/model/policy.ts';
import type { PressCell } from '../shared/pipeline/action/cell.ts';

/** What carrying presses out takes, with Slack behind it. */
export const pressCell = (people: People, { keys, presses, grant, clock }: ActionPorts, api: string): PressCell => {
  const access = async () => ({ api, botToken: (await keys.read()).slackBotToken, fetch });
  const userGroups = slackUserGroups(access, clock);
  return { people, ports: { presses, grant, clock, userGroups, answers: slackAnswers(fetch) } };
};
