import { lambdaRuntime } from '../runtime/lambda.ts';
import { create } from './handler.ts';

/** The Lambda function. */
export const handler = create(lambdaRuntime());
