import type { Context } from 'aws-lambda';

/** The account that a function is in: its ARN is `arn:aws:lambda:<region>:<account>:function:<name>`. */
export const accountOf = ({ invokedFunctionArn }: Context): string => invokedFunctionArn.split(':')[4] ?? '';
