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

/**
 * Carries out commands from people and grants after a removal. The only function that may authorize or modify
 * rules.
 */
export function create(runtime: Runtime): Handler<CommandResult> {
  const { environment, policy, clock, logger, metrics } = runtime;
  const ports = grantPorts({ ...cellSettings(runtime), changeFunction: setting(environment, 'changeFunction') });
  const rules = { people: policy.people, actionRole: optionalSetting(environment, 'actionRole') };
  const callers = stsCallers(runtime);
  const requests: Handler<CommandResult> = async (event, { invokedFunctionArn, awsRequestId: owner }) => {
    const signed = splitProof(event);
    const command = readCommand(signed.command);
    const caller = await proveCaller(signed, invokedFunctionArn, callers);
    // Do not log the proof: for a minute it works like a credential.
    logger.info('command', { command, caller });
    const authorization = authorize(command, caller, rules);
    const result =
      authorization.kind === 'refused'
        ? authorization.result
        : await dispatchCommand(authorization.command, { policy, ports, owner });
    metrics.addMetric(result.kind === 'refused' ? 'CommandsRefused' : 'CommandsObeyed', MetricUnit.Count, 1);
    measureCanaryCommand(metrics, command, result, clock.now());
    logger.info('answered', { kind: result.kind, ...(result.kind === 'refused' && { because: result.because }) });
    return result;
  };
  return observed(runtime, throughDoors('onGrant', { requests }));
}

/** Verifies the sender of a command. The digest covers the raw command. Throws CallFailed. */
async function proveCaller(
  { command, proof, hasProof }: SignedCommand,
  invokedArn: string,
  callers: CallerVerifier,
): Promise<Caller> {
  if (!hasProof) return { kind: 'unproven' };
  const digest = await commandDigest(Object(command), unqualifiedArn(invokedArn));
  return await callers.verify(proof, digest, regionIn(invokedArn));
}
