import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { grantPorts } from '../shared/aws/grant-cell.ts';
import type { CommandResult } from '../shared/model/command.ts';
import { obey } from '../shared/pipeline/grant/obey.ts';
import { readCommand } from '../shared/readers/command.ts';
import { measurePut } from './canary.ts';
import { cellSettings } from './cell.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

const policy = loadPolicy();
const ports = grantPorts({ ...cellSettings(policy), changeFunction: setting('changeFunction') });

const onGrant = async (event: unknown, context: Context): Promise<CommandResult> => {
  const command = readCommand(event);
  logger.info('command', { command });
  const result = await obey(command, { policy, ports, owner: context.awsRequestId });
  metrics.addMetric(result.kind === 'refused' ? 'CommandsRefused' : 'CommandsObeyed', MetricUnit.Count, 1);
  measurePut(metrics, command, result, clock.now());
  logger.info('answered', { kind: result.kind, ...(result.kind === 'refused' && { because: result.because }) });
  return result;
};

/** What people call through the command line, and on-change after a removal: the only function that may authorize or modify. */
export const handler = observed(onGrant);
