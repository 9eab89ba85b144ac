import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { configPorts } from '../shared/aws/config-cell.ts';
import type { Evaluation } from '../shared/model/compliance.ts';
import { evaluate } from '../shared/pipeline/evaluate.ts';
import { readConfigRequest } from '../shared/readers/config-event.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

const policy = loadPolicy();
const ports = configPorts({ ledgerTable: setting('ledgerTable'), changeFunction: setting('changeFunction'), clock });

const onConfig = async (event: unknown): Promise<readonly Evaluation[]> => {
  const request = readConfigRequest(event);
  const evaluations = await evaluate(request, { policy, ports });
  metrics.addMetric('GroupsEvaluated', MetricUnit.Count, evaluations.length);
  const { parameters, occasion } = request;
  logger.info('evaluated', { parameters, occasion: occasion.kind, evaluations: evaluations.slice(0, 100) });
  return evaluations;
};

/** The function of AWS Config's rules: says which groups comply, and hands on what no event told of. */
export const handler = observed(onConfig);
