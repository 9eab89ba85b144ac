import {
  describeComplianceByConfigRule,
  getComplianceDetailsByConfigRule,
  getComplianceDetailsByResource,
  putEvaluations,
} from '../account/config-compliance.ts';
import { getResourceConfigHistory } from '../account/config-items.ts';
import {
  describeConfigurationRecorderStatus,
  describeConfigurationRecorders,
  putConfigurationRecorder,
  startConfigurationRecorder,
  stopConfigurationRecorder,
} from '../account/config-recorders.ts';
import { describeConfigRules, putConfigRule } from '../account/config-rules.ts';
import { selectResourceConfig } from '../account/config-select.ts';
import type { Operations } from '../account/operation.ts';
import type { ConfigRecorder } from '../config-recorder.ts';
import { jsonService } from './json-service.ts';
import type { Service } from './service.ts';

/** AWS Config: a rule is evaluated when it is put, when it is asked to be, and when a group changes. */
export function configService(recorder: ConfigRecorder): Service {
  const operations = {
    PutConfigurationRecorder: putConfigurationRecorder,
    StartConfigurationRecorder: startConfigurationRecorder,
    StopConfigurationRecorder: stopConfigurationRecorder,
    DescribeConfigurationRecorders: describeConfigurationRecorders,
    DescribeConfigurationRecorderStatus: describeConfigurationRecorderStatus,
    DescribeConfigRules: describeConfigRules,
    PutConfigRule: (region, input: Parameters<typeof putConfigRule>[1]) => {
      const output = putConfigRule(region, input);
      recorder.evaluate(region, [input.ConfigRule?.ConfigRuleName ?? '']);
      return output;
    },
    StartConfigRulesEvaluation: (region, input: { readonly ConfigRuleNames?: readonly string[] }) => {
      recorder.evaluate(region, input.ConfigRuleNames ?? []);
      return {};
    },
    PutEvaluations: putEvaluations,
    GetResourceConfigHistory: getResourceConfigHistory,
    SelectResourceConfig: selectResourceConfig,
    GetComplianceDetailsByConfigRule: getComplianceDetailsByConfigRule,
    GetComplianceDetailsByResource: getComplianceDetailsByResource,
    DescribeComplianceByConfigRule: describeComplianceByConfigRule,
  } satisfies Operations;
  return jsonService({ sdk: () => import('@aws-sdk/client-config-service'), operations });
}
