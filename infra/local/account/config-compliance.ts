import type {
  DescribeComplianceByConfigRuleRequest,
  Evaluation,
  EvaluationResult,
  GetComplianceDetailsByConfigRuleRequest,
  GetComplianceDetailsByResourceRequest,
  PutEvaluationsRequest,
} from '@aws-sdk/client-config-service';
import { AwsError } from './aws-error.ts';
import { SECURITY_GROUP } from './config-items.ts';
import type { ConfigEvaluationRecord } from './config-records.ts';
import type { Region } from './region.ts';

/** The most evaluations of one call, and the longest annotation. @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html */
const [MOST_EVALUATIONS, MOST_CHARACTERS] = [100, 256];

const VERDICTS = ['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE'] as const;

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function checked(region: Region, evaluation: Evaluation): ConfigEvaluationRecord {
  const { ComplianceResourceId: groupId = '', ComplianceType, Annotation, OrderingTimestamp } = evaluation;
  const verdict = VERDICTS.find((one) => one === ComplianceType);
  if (verdict === undefined) throw new AwsError('InvalidParameterValueException', `${ComplianceType} is not accepted`);
  if (Annotation !== undefined && (Annotation.length < 1 || Annotation.length > MOST_CHARACTERS))
    throw invalid(`Value at 'annotation' must have a length of 1 to ${MOST_CHARACTERS}`);
  if (OrderingTimestamp === undefined) throw invalid(`Value null at 'orderingTimestamp' must not be null`);
  const recordedAt = region.account.clock.now();
  return {
    groupId,
    verdict,
    at: OrderingTimestamp.getTime(),
    recordedAt,
    ...(Annotation !== undefined && { annotation: Annotation }),
  };
}

/** PutEvaluations: of two about one group, the one with the later ordering timestamp stands. Throws InvalidResultTokenException and others. */
export function putEvaluations(region: Region, input: PutEvaluationsRequest): object {
  const { Evaluations = [], ResultToken = '', TestMode = false } = input;
  if (Evaluations.length > MOST_EVALUATIONS) throw invalid(`At most ${MOST_EVALUATIONS} evaluations in one call`);
  const rule = region.config.tokens.get(ResultToken);
  if (rule === undefined && !TestMode)
    throw new AwsError('InvalidResultTokenException', 'The specified ResultToken is not valid.');
  const records = Evaluations.map((one) => checked(region, one));
  const told = region.config.evaluations.get(rule ?? '');
  for (const record of TestMode ? [] : records)
    if ((told?.get(record.groupId)?.at ?? 0) <= record.at) told?.set(record.groupId, record);
  return { FailedEvaluations: [] };
}

function resultOf(
  rule: string,
  { groupId, verdict, annotation, at, recordedAt }: ConfigEvaluationRecord,
): EvaluationResult {
  return {
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: { ConfigRuleName: rule, ResourceType: SECURITY_GROUP, ResourceId: groupId },
      OrderingTimestamp: new Date(at),
    },
    ComplianceType: verdict,
    ResultRecordedTime: new Date(recordedAt),
    ...(annotation !== undefined && { Annotation: annotation }),
  };
}

const isWanted = (verdict: string, types: readonly string[] = []): boolean =>
  types.length === 0 || types.includes(verdict);

function requireRule(region: Region, name = ''): ReadonlyMap<string, ConfigEvaluationRecord> {
  const told = region.config.evaluations.get(name);
  if (told) return told;
  throw new AwsError('NoSuchConfigRuleException', `The ConfigRule '${name}' provided in the request is invalid.`);
}

/** GetComplianceDetailsByConfigRule, in one page. Throws NoSuchConfigRuleException. */
export function getComplianceDetailsByConfigRule(
  region: Region,
  input: GetComplianceDetailsByConfigRuleRequest,
): object {
  const { ConfigRuleName = '', ComplianceTypes } = input;
  const told = [...requireRule(region, ConfigRuleName).values()];
  const wanted = told.filter(({ verdict }) => isWanted(verdict, ComplianceTypes));
  return { EvaluationResults: wanted.map((one) => resultOf(ConfigRuleName, one)) };
}

/** GetComplianceDetailsByResource, in one page. */
export function getComplianceDetailsByResource(region: Region, input: GetComplianceDetailsByResourceRequest): object {
  const results = [...region.config.evaluations].flatMap(([rule, told]) => {
    const one = input.ResourceType === SECURITY_GROUP ? told.get(input.ResourceId ?? '') : undefined;
    return one && isWanted(one.verdict, input.ComplianceTypes) ? [resultOf(rule, one)] : [];
  });
  return { EvaluationResults: results };
}

function complianceOf(region: Region, rule: string): object {
  const verdicts = [...requireRule(region, rule).values()].map(({ verdict }) => verdict);
  const failing = verdicts.filter((verdict) => verdict === 'NON_COMPLIANT').length;
  if (failing > 0)
    return {
      ComplianceType: 'NON_COMPLIANT',
      ComplianceContributorCount: { CappedCount: Math.min(failing, 25), CapExceeded: failing > 25 },
    };
  return { ComplianceType: verdicts.includes('COMPLIANT') ? 'COMPLIANT' : 'INSUFFICIENT_DATA' };
}

/** DescribeComplianceByConfigRule, in one page. Throws NoSuchConfigRuleException. */
export function describeComplianceByConfigRule(region: Region, input: DescribeComplianceByConfigRuleRequest): object {
  const names = input.ConfigRuleNames?.length ? input.ConfigRuleNames : [...region.config.rules.keys()];
  const all = names.map((ConfigRuleName) => ({ ConfigRuleName, Compliance: complianceOf(region, ConfigRuleName) }));
  return { ComplianceByConfigRules: all };
}
