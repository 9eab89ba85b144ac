import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { admit } from '../../shared/actions/admit.ts';
import { obey } from '../../shared/actions/obey.ts';
import { grantPorts } from '../../shared/adapters/aws/cells/grant-cell.ts';
import { callersBy } from '../../shared/adapters/aws/sts/proof-check.ts';
import type { CommandResult } from '../../shared/domain/requests/command.ts';
import type { Caller, Callers } from '../../shared/domain/requests/proof.ts';
import { plainArn, regionIn } from '../../shared/events/function-arn.ts';
import { readCommand } from '../../shared/events/requests/command.ts';
import { commandDigest } from '../../shared/events/requests/command-digest.ts';
import { apart, type Brought } from '../../shared/events/requests/proof.ts';
import { measurePut } from '../runtime/canary.ts';
import { cellSettings } from '../runtime/cell.ts';
import { throughDoors } from '../runtime/doors.ts';
import { observed } from '../runtime/observed.ts';
import type { Handler, Runtime } from '../runtime/runtime.ts';
import { optionalSetting, setting } from '../runtime/settings.ts';

/** Who sent a command. The digest is of what came, not of what was read of it. Throws CallFailed. */
const callerOf = async ({ command, proof, given }: Brought, invokedArn: string, callers: Callers): Promise<Caller> => {
  if (!given) return { kind: 'unproven' };
  const digest = await commandDigest(Object(command), plainArn(invokedArn));
  return await callers.prove(proof, digest, regionIn(invokedArn));
};

/** What people call through the command line, and on-change after a removal: the only function that may authorize or modify. */
export const create = (runtime: Runtime): Handler<CommandResult> => {
  const { environment, policy, clock, logger, metrics } = runtime;
  const ports = grantPorts({ ...cellSettings(runtime), changeFunction: setting(environment, 'changeFunction') });
  const gate = { people: policy.people, actionRole: optionalSetting(environment, 'actionRole') };
  const callers = callersBy(runtime);
  const requests: Handler<CommandResult> = async (event, { invokedFunctionArn, awsRequestId: owner }) => {
    const brought = apart(event);
    const command = readCommand(brought.command);
    const caller = await callerOf(brought, invokedFunctionArn, callers);
    // Without the proof: for a minute it is as good as whoever signed it.
    logger.info('command', { command, caller });
    const admitted = admit(command, caller, gate);
    const result =
      admitted.kind === 'refused' ? admitted.result : await obey(admitted.command, { policy, ports, owner });
    metrics.addMetric(result.kind === 'refused' ? 'CommandsRefused' : 'CommandsObeyed', MetricUnit.Count, 1);
    measurePut(metrics, command, result, clock.now());
    logger.info('answered', { kind: result.kind, ...(result.kind === 'refused' && { because: result.because }) });
    return result;
  };
  return observed(runtime, throughDoors('onGrant', { requests }));
};
