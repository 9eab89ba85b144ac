import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { authorize } from '../../shared/actions/authorize.ts';
import { dispatchCommand } from '../../shared/actions/dispatch.ts';
import { grantPorts } from '../../shared/adapters/aws/cells/grant-cell.ts';
import { stsCallers } from '../../shared/adapters/aws/sts.ts';
import type { CommandResult } from '../../shared/domain/command.ts';
import type { Caller, CallerVerifier } from '../../shared/domain/identity.ts';
import { regionIn, unqualifiedArn } from '../../shared/events/ids.ts';
import { readCommand } from '../../shared/events/requests/command.ts';
import { commandDigest, type SignedCommand, splitProof } from '../../shared/events/requests/proof.ts';
import { measureCanaryCommand } from '../runtime/canary-metrics.ts';
import { cellSettings } from '../runtime/cell.ts';
import { observed, throughDoors } from '../runtime/handler.ts';
import { type Handler, optionalSetting, type Runtime, setting } from '../runtime/runtime.ts';

/** What people call through the command line, and on-change after a removal: the only function that may authorize or modify. */
export function create(runtime: Runtime): Handler<CommandResult> {
  const { environment, policy, clock, logger, metrics } = runtime;
  const ports = grantPorts({ ...cellSettings(runtime), changeFunction: setting(environment, 'changeFunction') });
  const gate = { people: policy.people, actionRole: optionalSetting(environment, 'actionRole') };
  const callers = stsCallers(runtime);
  const requests: Handler<CommandResult> = async (event, { invokedFunctionArn, awsRequestId: owner }) => {
    const added = splitProof(event);
    const command = readCommand(added.command);
    const caller = await proveCaller(added, invokedFunctionArn, callers);
    // Without the proof: for a minute it is as good as whoever signed it.
    logger.info('command', { command, caller });
    const admitted = authorize(command, caller, gate);
    const result =
      admitted.kind === 'refused' ? admitted.result : await dispatchCommand(admitted.command, { policy, ports, owner });
    metrics.addMetric(result.kind === 'refused' ? 'CommandsRefused' : 'CommandsObeyed', MetricUnit.Count, 1);
    measureCanaryCommand(metrics, command, result, clock.now());
    logger.info('answered', { kind: result.kind, ...(result.kind === 'refused' && { because: result.because }) });
    return result;
  };
  return observed(runtime, throughDoors('onGrant', { requests }));
}

/** Who sent a command. The digest is of what came, not of what was read of it. Throws CallFailed. */
async function proveCaller(
  { command, proof, hasProof: given }: SignedCommand,
  invokedArn: string,
  callers: CallerVerifier,
): Promise<Caller> {
  if (!given) return { kind: 'unproven' };
  const digest = await commandDigest(Object(command), unqualifiedArn(invokedArn));
  return await callers.verify(proof, digest, regionIn(invokedArn));
}
