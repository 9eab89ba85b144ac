import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { configPorts, recorderPorts } from '../../shared/adapters/aws/cells/config-cell.ts';
import type { Evaluation } from '../../shared/domain/aws-config.ts';
import { readConfigRequest } from '../../shared/events/config.ts';
import { isRecorderCheck } from '../../shared/events/requests/internal-request.ts';
import { evaluate } from '../../shared/workflows/compliance/evaluate.ts';
import { checkRecorder } from '../../shared/workflows/compliance/recorder.ts';
import { accountOf, notificationCell } from '../runtime/cell.ts';
import { observed } from '../runtime/handler.ts';
import { type Handler, type Runtime, setting } from '../runtime/runtime.ts';

/**
 * Evaluates groups for AWS Config's rules, and reports groups that no event covered. Checks AWS Config's
 * recorder once a day.
 */
export function create(runtime: Runtime): Handler<readonly Evaluation[] | readonly string[]> {
  const { environment, policy, logger, metrics } = runtime;
  const ledgerTable = setting(environment, 'ledgerTable');
  const ports = configPorts({ ...runtime, ledgerTable, changeFunction: setting(environment, 'changeFunction') });
  const recorder = recorderPorts(notificationCell(runtime));
  return observed(runtime, async (event, context) => {
    if (isRecorderCheck(event)) {
      const faults = await checkRecorder({ account: accountOf(context), ports: recorder });
      if (faults.length > 0) logger.error('AWS Config does not record security groups', { faults });
      return faults;
    }
    const request = readConfigRequest(event);
    const evaluations = await evaluate(request, {
      policy,
      leftOut: (reasons) => logger.info('left to other accounts', { reasons }),
      ports,
    });
    metrics.addMetric('GroupsEvaluated', MetricUnit.Count, evaluations.length);
    const { parameters, invocation: occasion } = request;
    if (occasion.kind === 'ignored') logger.info('ignored', { reason: occasion.reason });
    logger.info('evaluated', { parameters, occasion: occasion.kind, evaluations: evaluations.slice(0, 100) });
    return evaluations;
  });
}
