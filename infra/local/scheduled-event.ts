import { uuid } from '../../shared/domain/random.ts';
import type { Account } from './account/account.ts';

/** What a rule with a schedule hands to its target. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
export const scheduledEvent = ({ id: account, clock, random }: Account, region: string): object => ({
  version: '0',
  id: uuid(random),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  region,
  resources: [`arn:aws:events:${region}:${account}:rule/Schedule`],
  detail: {},
});
