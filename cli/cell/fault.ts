import { CallFailed, InputInvalid } from '../../shared/domain/errors.ts';
import type { Environment } from '../../shared/domain/ports.ts';
import { connectionReason, credentialsDetail } from '../connection-fault.ts';

/** What was called with whose rights, for messages. */
export interface Called {
  /** The thing called, such as `function on-grant`. */
  readonly thing: string;
  /** The permission that it takes. */
  readonly permission: string;
  /** The option that names another one. */
  readonly option: string;
  readonly region: string;
  /** The option that names the region. Absent: `region`. */
  readonly regionOption?: string;
  /** Names the proxy. */
  readonly environment: Environment;
}

const SIGN_IN: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
]);

const DENIED: ReadonlySet<string> = new Set(['AccessDenied', 'AccessDeniedException']);

/** What a failed call means to a person, and the way out; undefined where nothing is known of it. */
const reasonFor = (error: CallFailed, called: Called): string | undefined => {
  const { code, call, retryable, message } = error;
  const { thing, permission, option, region, regionOption = 'region', environment } = called;
  const place = `${thing} in ${region}`;
  const unconnected = connectionReason(error, environment);
  if (unconnected !== undefined) return unconnected;
  if (SIGN_IN.has(code))
    return `no AWS credentials that are valid${credentialsDetail(error)}: give --profile NAME or credentials in the environment, or sign in again`;
  if (DENIED.has(code)) return `${place}: access denied; these credentials need ${permission} on it`;
  if (code === 'ResourceNotFoundException')
    return `there is no ${place}: give --${option} NAME, --${regionOption} REGION or --profile NAME`;
  if (retryable) return `${place} did not answer (${code}): ask again, nothing is done twice`;
  return thing.endsWith(` ${call}`)
    ? `${place} failed: ${message}; ask again, it goes on where it broke off, and its log has the rest`
    : undefined;
};

/** What a call to the cell threw, with the thing, the reason and the way out; what is not known stays as it is. */
export const cellFault = (error: unknown, called: Called): unknown => {
  if (!(error instanceof CallFailed)) return error;
  const reason = reasonFor(error, called);
  return reason === undefined ? error : new InputInvalid(reason, { cause: error });
};
