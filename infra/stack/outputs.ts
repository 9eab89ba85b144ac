import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What people and other stacks need to know of the cell, by output name. */
export const outputs = (scope: Construct, values: Readonly<Record<string, string>>): readonly CfnOutput[] =>
  Object.entries(values).map(([name, value]) => new CfnOutput(scope, name, { value }));
