import type { Evaluation as ConfigEvaluation, ConfigServiceClient } from '@aws-sdk/client-config-service';
import { PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import type { Evaluation } from '../../../domain/compliance.ts';
import { CallFailed } from '../../../domain/errors.ts';
import { call } from '../call.ts';
import { chunks } from '../paging.ts';

/** What the adapter needs of a client for AWS Config. */
export type Config = Pick<ConfigServiceClient, 'send'>;

/** What AWS Config calls a security group. */
export const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html */
const EVALUATIONS_AT_ONCE = 100;

/** Tries of evaluations that AWS Config does not take, in all. */
const ATTEMPTS = 3;

/** The token that rules are tried out with: AWS Config checks the evaluations and keeps none. */
const TEST_TOKEN = 'TESTMODE';

const stated = ({ groupId, verdict, annotation, at }: Evaluation): ConfigEvaluation => ({
  ComplianceResourceType: SECURITY_GROUP,
  ComplianceResourceId: groupId,
  ComplianceType: verdict,
  Annotation: annotation,
  OrderingTimestamp: new Date(at),
});

const putSome = async (config: Config, token: string, some: readonly ConfigEvaluation[]) => {
  const command = new PutEvaluationsCommand({
    ResultToken: token,
    Evaluations: [...some],
    ...(token === TEST_TOKEN && { TestMode: true }),
  });
  const { FailedEvaluations = [] } = await call('PutEvaluations', config.send(command));
  return FailedEvaluations;
};

const putAll = async (config: Config, token: string, evaluations: readonly ConfigEvaluation[]): Promise<void> => {
  let left = evaluations;
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt += 1) left = await putSome(config, token, left);
  if (left.length === 0) return;
  const ids = left.map(({ ComplianceResourceId }) => ComplianceResourceId).join(', ');
  throw new CallFailed('PutEvaluations', 'FailedEvaluations', true, new Error(`not taken: ${ids}`));
};

/** Reports evaluations, 100 in a call. Throws CallFailed, also where some are not taken in any of three tries. */
export const putEvaluations = async (
  config: Config,
  token: string,
  evaluations: readonly Evaluation[],
): Promise<void> => {
  for (const part of chunks(evaluations.map(stated), EVALUATIONS_AT_ONCE)) await putAll(config, token, part);
};
