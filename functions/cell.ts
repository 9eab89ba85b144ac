import { alertFor } from '../shared/alerts/alert.ts';
import { newsFor } from '../shared/alerts/news.ts';
import type { Cell } from '../shared/aws/cell.ts';
import { setting } from './settings.ts';
import { clock } from './telemetry.ts';

/** What messages to people say. */
export const wording = { noticeFor: alertFor, newsFor } as const;

/** The cell, as the function's environment tells of it. Throws InputInvalid where a variable is not set. */
export const cellSettings = (): Cell => ({
  ledgerTable: setting('ledgerTable'),
  noticesTopicArn: setting('noticesTopic'),
  switchParameter: setting('switchParameter'),
  ...wording,
  clock,
});
