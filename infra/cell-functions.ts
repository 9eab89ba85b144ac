import type { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { FUNCTIONS, type FunctionId, type FunctionSpec, functionName, WITH_SECURITY_HUB } from '../shared/catalogue.ts';
import { arnsOf, type CellResources } from './arns.ts';
import { cellFunction } from './function.ts';
import { statementsFor } from './grants.ts';
import { lostEvents } from './queue.ts';

/** A function of the cell, and the queue of what it gave up. */
export interface CellFunction {
  readonly spec: FunctionSpec;
  readonly lambda: Lambda;
  readonly failed: IQueue;
}

/** The functions of a cell; on-config only where AWS Config's rules are wanted. */
export type CellFunctions = Readonly<Record<Exclude<FunctionId, 'onConfig'>, CellFunction>> & {
  readonly onConfig?: CellFunction;
};

/** What the functions are made of, apart from the catalogue. */
export interface CellParts extends CellResources {
  /** Folder of a function's bundle. */
  readonly bundleOf: (spec: FunctionSpec) => string;
  readonly key: IKey | undefined;
  /** Whether AWS Config's rules are wanted. */
  readonly config: boolean;
  /** Whether findings go to AWS Security Hub. */
  readonly securityHub: boolean;
}

/** Construct id of each function, and what its failure queue holds. */
const IDS: Readonly<Record<FunctionId, { readonly id: string; readonly failures: string }>> = {
  onChange: { id: 'OnChange', failures: 'FailedChanges' },
  onGrant: { id: 'OnGrant', failures: 'FailedGrants' },
  onSchedule: { id: 'OnSchedule', failures: 'FailedSchedules' },
  onConfig: { id: 'OnConfig', failures: 'FailedEvaluations' },
};

/** Names of the functions in the account: several cells may share one, each by its stack's name. */
export const functionNamesIn = ({ stackName }: Stack): Readonly<Record<FunctionId, string>> => ({
  onChange: functionName('onChange', stackName),
  onGrant: functionName('onGrant', stackName),
  onSchedule: functionName('onSchedule', stackName),
  onConfig: functionName('onConfig', stackName),
});

/** A function as this cell wants it. */
const specOf = (id: FunctionId, securityHub: boolean): FunctionSpec => {
  const spec = FUNCTIONS[id];
  if (id !== 'onChange' || !securityHub) return spec;
  return {
    ...spec,
    environment: [...spec.environment, ...WITH_SECURITY_HUB.environment],
    uses: [...spec.uses, ...WITH_SECURITY_HUB.uses],
  };
};

/** The functions of the catalogue, each with its role and its queue. */
export function cellFunctions(stack: Stack, parts: CellParts): CellFunctions {
  const { ledger, notices, switchParameter, functionNames, key } = parts;
  const shared = arnsOf(stack, parts);
  const settings = {
    ledgerTable: ledger.tableName,
    noticesTopic: notices.topicArn,
    switchParameter,
    changeFunction: functionNames.onChange,
    grantFunction: functionNames.onGrant,
    eventBus: parts.eventBusArn,
    securityHub: 'on',
    regions: parts.regions.join(','),
  };
  const make = (name: FunctionId): CellFunction => {
    const [spec, { id, failures }] = [specOf(name, parts.securityHub), IDS[name]];
    const failed = lostEvents(stack, failures, key);
    const lambda = cellFunction(stack, id, spec, {
      functionName: functionNames[name],
      directory: parts.bundleOf(spec),
      settings,
      failures: failed,
      key,
      allow: (logArn) =>
        statementsFor(spec.uses, { ...shared, 'log-group': [logArn], 'failure-queue': [failed.queueArn] }, key?.keyArn),
    });
    return { spec, lambda, failed };
  };
  const always = { onChange: make('onChange'), onGrant: make('onGrant'), onSchedule: make('onSchedule') };
  return parts.config ? { ...always, onConfig: make('onConfig') } : always;
}
