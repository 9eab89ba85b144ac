import type { Place } from '../shared/alerts/place.ts';
import type { Cell } from '../shared/aws/cell.ts';
import type { Policy } from '../shared/model/policy.ts';
import { noticeJournalTo } from './notice-journal.ts';
import { optionalSetting, setting } from './settings.ts';
import { clock, logger, metrics } from './telemetry.ts';

/** Where the cell is: where its topic is. `arn:aws:sns:eu-west-1:111122223333:…` */
const homeOf = (topicArn: string): Pick<Place, 'account' | 'region'> => {
  const [, , , region = '', account = ''] = topicArn.split(':');
  return { account, region };
};

/** Where notices go, and what they say. Throws InputInvalid where a variable is not set. */
export const noticeCell = ({
  alerts: settings,
}: Pick<Policy, 'alerts'>): Omit<Cell, 'ledgerTable' | 'switchParameter' | 'clock'> => {
  const noticesTopicArn = setting('noticesTopic');
  const chatTopicArn = optionalSetting('chatTopic');
  const placeFor = (accountAlias: string | undefined): Place => ({
    ...homeOf(noticesTopicArn),
    ...(accountAlias !== undefined && { accountAlias }),
    now: clock.now(),
    settings,
  });
  return {
    noticesTopicArn,
    ...(chatTopicArn !== undefined && { chatTopicArn }),
    noticeFor: async (outcome, alias) => (await import('./wording.ts')).noticeFor(outcome, placeFor(alias)),
    newsFor: async (news, alias) => (await import('./wording.ts')).newsFor(news, placeFor(alias)),
    journal: noticeJournalTo(logger, metrics),
  };
};

/** The cell, as the function's environment and the policy tell of it. Throws InputInvalid where a variable is not set. */
export const cellSettings = (policy: Pick<Policy, 'alerts'>): Cell => ({
  ...noticeCell(policy),
  ledgerTable: setting('ledgerTable'),
  switchParameter: setting('switchParameter'),
  clock,
});
