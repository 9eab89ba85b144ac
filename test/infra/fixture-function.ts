import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import handlerOf from '@middy/core';
import { cellPorts, grantQueueTo, groupsByRegion } from '../../shared/adapters/aws/cells/cell.ts';
import { CLIENT_SETTINGS } from '../../shared/adapters/aws/clients/settings.ts';
import type { Scope } from '../../shared/domain/change.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import type { RevokeStep } from '../../shared/domain/ec2.ts';

/** Arguments of the calls that the fixture makes. */
export interface Request {
  readonly scope: Scope;
  readonly step: RevokeStep;
  readonly outcome: Outcome;
}

const logger = new Logger({ serviceName: 'fixture' });
const metrics = new Metrics({ namespace: 'Fixture', serviceName: 'fixture' });

const {
  ledger,
  notifier: notices,
  records,
  runtimeSwitch,
} = cellPorts({
  ledgerTable: 'ledger',
  noticesTopicArn: 'arn:aws:sns:eu-central-1:111122223333:notices',
  switchParameter: '/portcullis/switch',
  newsFor: async ({ id }) => ({
    subject: 'News',
    texts: `{"default":"${id}"}`,
    chat: '{}',
    attributes: {},
    dedupId: id,
  }),
  noticeFor: async ({ plan: { id } }) => ({
    subject: 'Closed',
    texts: `{"default":"${id}"}`,
    chat: '{}',
    attributes: {},
    dedupId: id,
  }),
  journal: () => {},
  clock: { now: () => 0, sleep: async () => {}, timeout: (ms) => AbortSignal.timeout(ms) },
  random: () => 0,
  clients: CLIENT_SETTINGS,
});

const handover = grantQueueTo('on-grant', CLIENT_SETTINGS);
const groupsIn = groupsByRegion(CLIENT_SETTINGS);

/** A function with the parts of a real function, which makes many calls of the adapters. */
export const handler = handlerOf<Request>().handler(async ({ scope, step, outcome }) => {
  logger.debug('fixture', { region: metrics.hasStoredMetrics() });
  const groups = groupsIn('eu-central-1');
  return [
    await groups.fetchSnapshot(scope, new Set(['attachments'])),
    await groups.revoke(step),
    await groups.revoke({ ...step, direction: 'egress' }),
    await runtimeSwitch.ceiling(),
    await ledger.reserve(outcome.plan, 'owner'),
    await ledger.settle(outcome),
    await ledger.find('sg-1', outcome.plan.id),
    [...(await records.get(['sg-1'])).keys()],
    await notices.publish(outcome),
    await handover.requestGrants('sg-1', outcome.plan.id),
  ];
});
