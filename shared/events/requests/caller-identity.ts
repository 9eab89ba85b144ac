import { asFields } from '../fields.ts';

const PRINCIPAL = /^arn:[a-z-]{1,32}:(?:iam|sts)::\d{12}:[^\s]{1,1024}$/;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const within = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce((found: unknown, name) => {
    const fields = asFields(found);
    return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
  }, value);

/**
 * The ARN in STS's answer to GetCallerIdentity as JSON; undefined where it is not exactly that.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const callerArnIn = (text: string): string | undefined => {
  const arn = within(parsed(text), 'GetCallerIdentityResponse', 'GetCallerIdentityResult', 'Arn');
  return typeof arn === 'string' && PRINCIPAL.test(arn) ? arn : undefined;
};

/** The code of STS's refusal, such as `SignatureDoesNotMatch`; undefined where it gave none. */
export const refusalCodeIn = (text: string): string | undefined => {
  const code = within(parsed(text), 'Error', 'Code');
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : undefined;
};
