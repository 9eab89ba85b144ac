import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { configPorts, recorderPorts } from '../shared/aws/config-cell.ts';
import type { Evaluation } from '../shared/model/compliance.ts';
import { checkRecorder } from '../shared/pipeline/check-recorder.ts';
import { evaluate } from '../shared/pipeline/evaluate.ts';
import { readConfigRequest } from '../shared/readers/config-event.ts';
import { isRecorderCheck } from '../shared/readers/recorder-request.ts';
import { accountOf } from './account.ts';
import { noticeCell } from './cell.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

const policy = loadPolicy();
const ports = configPorts({ ledgerTable: setting('ledgerTable'), changeFunction: setting('changeFunction'), clock });
const recorder = recorderPorts({ ...noticeCell(policy), clock });

const lookAtRecorder = async (context: Context): Promise<readonly string[]> => {
  const faults = await checkRecorder({ account: accountOf(context), ports: recorder });
  if (faults.length > 0) logger.error('AWS Config does not record security groups', { faults });
  return faults;
};

const onConfig = async (event: unknown, context: Context): Promise<readonly Evaluation[] | readonly string[]> => {
  if (isRecorderCheck(event)) return await lookAtRecorder(context);
  const request = readConfigRequest(event);
  const evaluations = await evaluate(request, { policy, ports });
  metrics.addMetric('GroupsEvaluated', MetricUnit.Count, evaluations.length);
  const { parameters, occasion } = request;
  logger.info('evaluated', { parameters, occasion: occasion.kind, evaluations: evaluations.slice(0, 100) });
  return evaluations;
};

/** The function of AWS Config's rules: says which groups comply, and hands on what no event told of. Once a day it looks at the recorder. */
export const handler = observed(onConfig);
