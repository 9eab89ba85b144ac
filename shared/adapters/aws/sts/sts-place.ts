import { partition } from '@aws-sdk/core/client';
import type { Environment } from '../../../domain/ports.ts';
import { isLoopback } from '../../../domain/requests/loopback.ts';

/** Where a region's STS is called. */
export interface StsPlace {
  readonly protocol: 'https:' | 'http:';
  /** With its port, where that is not the protocol's own: what is signed as `host`. */
  readonly host: string;
}

/** An account on this machine, where the environment names one; another place is not taken from there. */
const local = (environment: Environment): StsPlace | undefined => {
  const address = URL.parse(environment['AWS_ENDPOINT_URL_STS'] ?? environment['AWS_ENDPOINT_URL'] ?? '');
  return address?.protocol === 'http:' && isLoopback(address.hostname)
    ? { protocol: 'http:', host: address.host }
    : undefined;
};

/**
 * The STS of a region: the same for whoever signs and for whoever asks it.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/sts.html
 */
export const stsPlace = (region: string, environment: Environment): StsPlace =>
  local(environment) ?? { protocol: 'https:', host: `sts.${region}.${partition(region).dnsSuffix}` };

/** The parts of the request that are everybody's. */
export const STS_QUERY = { Action: 'GetCallerIdentity', Version: '2011-06-15' } as const;
