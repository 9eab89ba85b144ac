import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { grantPorts } from '../shared/aws/grant-cell.ts';
import { callersBy } from '../shared/aws/proof-check.ts';
import type { Command, CommandResult } from '../shared/model/command.ts';
import type { Caller } from '../shared/model/proof.ts';
import { admit } from '../shared/pipeline/grant/admit.ts';
import { obey } from '../shared/pipeline/grant/obey.ts';
import { readCommand } from '../shared/readers/command.ts';
import { commandDigest } from '../shared/readers/command-digest.ts';
import { plainArn, regionIn } from '../shared/readers/function-arn.ts';
import { apart, type Brought } from '../shared/readers/proof.ts';
import { measurePut } from './canary.ts';
import { cellSettings } from './cell.ts';
import { loadPolicy } from './policy.ts';
import { optionalSetting, setting } from './settings.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

const policy = loadPolicy();
const ports = grantPorts({ ...cellSettings(policy), changeFunction: setting('changeFunction') });
const gate = { people: policy.people, actionRole: optionalSetting('actionRole') };
const callers = callersBy(fetch, clock);

/** Who sent a command. The digest is of what came, not of what was read of it. Throws CallFailed. */
const callerOf = async ({ command, proof, given }: Brought, invokedArn: string): Promise<Caller> => {
  if (!given) return { kind: 'unproven' };
  const digest = await commandDigest(Object(command), plainArn(invokedArn));
  return await callers.prove(proof, digest, regionIn(invokedArn));
};

const carriedOut = async (command: Command, caller: Caller, owner: string): Promise<CommandResult> => {
  const admitted = admit(command, caller, gate);
  return admitted.kind === 'refused' ? admitted.result : await obey(admitted.command, { policy, ports, owner });
};

const onGrant = async (event: unknown, context: Context): Promise<CommandResult> => {
  const brought = apart(event);
  const command = readCommand(brought.command);
  const caller = await callerOf(brought, context.invokedFunctionArn);
  // Without the proof: for a minute it is as good as whoever signed it.
  logger.info('command', { command, caller });
  const result = await carriedOut(command, caller, context.awsRequestId);
  metrics.addMetric(result.kind === 'refused' ? 'CommandsRefused' : 'CommandsObeyed', MetricUnit.Count, 1);
  measurePut(metrics, command, result, clock.now());
  logger.info('answered', { kind: result.kind, ...(result.kind === 'refused' && { because: result.because }) });
  return result;
};

/** What people call through the command line, and on-change after a removal: the only function that may authorize or modify. */
export const handler = observed(onGrant);
