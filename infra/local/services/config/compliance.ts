import type {
  DescribeComplianceByConfigRuleRequest,
  DescribeConfigRulesRequest,
  Evaluation,
  EvaluationResult,
  GetComplianceDetailsByConfigRuleRequest,
  GetComplianceDetailsByResourceRequest,
  PutConfigRuleRequest,
  PutEvaluationsRequest,
} from '@aws-sdk/client-config-service';
import { uuid } from '../../../../shared/domain/runtime.ts';
import type { Region } from '../../state/account.ts';
import { AwsError } from '../../state/operation.ts';
import type { ConfigEvaluationRecord } from '../../state/records.ts';
import { SECURITY_GROUP } from './recorder.ts';

function checkSource({ ConfigRule }: PutConfigRuleRequest): void {
  const Source = ConfigRule?.Source;
  if (Source?.Owner === 'CUSTOM_LAMBDA' && Source.SourceIdentifier) return;
  throw new AwsError(
    'InvalidParameterValueException',
    'The embedded account supports rules with the owner CUSTOM_LAMBDA only',
  );
}

/**
 * PutConfigRule: creates or replaces a rule by its name. Throws NoAvailableConfigurationRecorderException,
 * InvalidParameterValueException.
 */
export function putConfigRule(region: Region, input: PutConfigRuleRequest): object {
  const { config, account } = region;
  if (config.recorder === undefined)
    throw new AwsError(
      'NoAvailableConfigurationRecorderException',
      'Configuration recorder is not available to put config rule.',
    );
  checkSource(input);
  const name = input.ConfigRule?.ConfigRuleName ?? `rule-${uuid(account.random)}`;
  const id = config.rules.get(name)?.ConfigRuleId ?? `config-rule-${uuid(account.random).slice(0, 6)}`;
  config.rules.set(name, {
    ...input.ConfigRule,
    Source: input.ConfigRule?.Source,
    ConfigRuleName: name,
    ConfigRuleId: id,
    ConfigRuleArn: `arn:aws:config:${region.name}:${account.id}:config-rule/${id}`,
    ConfigRuleState: 'ACTIVE',
  });
  config.evaluations.set(name, config.evaluations.get(name) ?? new Map());
  return {};
}

/** DescribeConfigRules, in one page. */
export function describeConfigRules(region: Region, { ConfigRuleNames = [] }: DescribeConfigRulesRequest): object {
  const all = [...region.config.rules.values()];
  const matching = all.filter(
    ({ ConfigRuleName }) => ConfigRuleNames.length === 0 || ConfigRuleNames.includes(ConfigRuleName),
  );
  return { ConfigRules: matching };
}

/**
 * Maximum number of evaluations in a call, and maximum length of an annotation.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html
 */
const [MOST_EVALUATIONS, MOST_CHARACTERS] = [100, 256];

const COMPLIANCE_TYPES = ['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE'] as const;

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function checkedEvaluation(region: Region, evaluation: Evaluation): ConfigEvaluationRecord {
  const { ComplianceResourceId: groupId = '', ComplianceType, Annotation, OrderingTimestamp } = evaluation;
  const complianceType = COMPLIANCE_TYPES.find((one) => one === ComplianceType);
  if (complianceType === undefined)
    throw new AwsError('InvalidParameterValueException', `${ComplianceType} is not accepted`);
  if (Annotation !== undefined && (Annotation.length < 1 || Annotation.length > MOST_CHARACTERS))
    throw invalid(`Value at 'annotation' must have a length of 1 to ${MOST_CHARACTERS}`);
  if (OrderingTimestamp === undefined) throw invalid(`Value null at 'orderingTimestamp' must not be null`);
  const recordedAt = region.account.clock.now();
  return {
    groupId,
    complianceType,
    at: OrderingTimestamp.getTime(),
    recordedAt,
    ...(Annotation !== undefined && { annotation: Annotation }),
  };
}

/**
 * PutEvaluations. Of two evaluations of a group, the one with the later ordering timestamp is kept. Throws
 * InvalidResultTokenException, ValidationException, InvalidParameterValueException.
 */
export function putEvaluations(region: Region, input: PutEvaluationsRequest): object {
  const { Evaluations = [], ResultToken = '', TestMode = false } = input;
  if (Evaluations.length > MOST_EVALUATIONS) throw invalid(`At most ${MOST_EVALUATIONS} evaluations in one call`);
  const rule = region.config.tokens.get(ResultToken);
  if (rule === undefined && !TestMode)
    throw new AwsError('InvalidResultTokenException', 'The specified ResultToken is not valid.');
  const records = Evaluations.map((one) => checkedEvaluation(region, one));
  const evaluations = region.config.evaluations.get(rule ?? '');
  for (const record of TestMode ? [] : records)
    if ((evaluations?.get(record.groupId)?.at ?? 0) <= record.at) evaluations?.set(record.groupId, record);
  return { FailedEvaluations: [] };
}

function resultOf(
  rule: string,
  { groupId, complianceType, annotation, at, recordedAt }: ConfigEvaluationRecord,
): EvaluationResult {
  return {
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: { ConfigRuleName: rule, ResourceType: SECURITY_GROUP, ResourceId: groupId },
      OrderingTimestamp: new Date(at),
    },
    ComplianceType: complianceType,
    ResultRecordedTime: new Date(recordedAt),
    ...(annotation !== undefined && { Annotation: annotation }),
  };
}

function matchesTypes(complianceType: string, types: readonly string[] = []): boolean {
  return types.length === 0 || types.includes(complianceType);
}

function requireRule(region: Region, name = ''): ReadonlyMap<string, ConfigEvaluationRecord> {
  const evaluations = region.config.evaluations.get(name);
  if (evaluations) return evaluations;
  throw new AwsError('NoSuchConfigRuleException', `The ConfigRule '${name}' provided in the request is invalid.`);
}

/** GetComplianceDetailsByConfigRule, in one page. Throws NoSuchConfigRuleException. */
export function getComplianceDetailsByConfigRule(
  region: Region,
  input: GetComplianceDetailsByConfigRuleRequest,
): object {
  const { ConfigRuleName = '', ComplianceTypes } = input;
  const evaluations = [...requireRule(region, ConfigRuleName).values()];
  const matching = evaluations.filter(({ complianceType }) => matchesTypes(complianceType, ComplianceTypes));
  return { EvaluationResults: matching.map((one) => resultOf(ConfigRuleName, one)) };
}

/** GetComplianceDetailsByResource, in one page. */
export function getComplianceDetailsByResource(region: Region, input: GetComplianceDetailsByResourceRequest): object {
  const results = [...region.config.evaluations].flatMap(([rule, evaluations]) => {
    const one = input.ResourceType === SECURITY_GROUP ? evaluations.get(input.ResourceId ?? '') : undefined;
    return one && matchesTypes(one.complianceType, input.ComplianceTypes) ? [resultOf(rule, one)] : [];
  });
  return { EvaluationResults: results };
}

function complianceOf(region: Region, rule: string): object {
  const complianceTypes = [...requireRule(region, rule).values()].map(({ complianceType }) => complianceType);
  const failing = complianceTypes.filter((complianceType) => complianceType === 'NON_COMPLIANT').length;
  if (failing > 0)
    return {
      ComplianceType: 'NON_COMPLIANT',
      ComplianceContributorCount: { CappedCount: Math.min(failing, 25), CapExceeded: failing > 25 },
    };
  return { ComplianceType: complianceTypes.includes('COMPLIANT') ? 'COMPLIANT' : 'INSUFFICIENT_DATA' };
}

/** DescribeComplianceByConfigRule, in one page. Throws NoSuchConfigRuleException. */
export function describeComplianceByConfigRule(region: Region, input: DescribeComplianceByConfigRuleRequest): object {
  const names = input.ConfigRuleNames?.length ? input.ConfigRuleNames : [...region.config.rules.keys()];
  const all = names.map((ConfigRuleName) => ({ ConfigRuleName, Compliance: complianceOf(region, ConfigRuleName) }));
  return { ComplianceByConfigRules: all };
}
