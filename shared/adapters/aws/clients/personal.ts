import { EC2Client } from '@aws-sdk/client-ec2';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { DEFAULT_PROFILE, getProfileName, loadSharedConfigFiles } from '@smithy/core/config';
import { InputInvalid } from '../../../domain/errors.ts';
import type { Environment } from '../../../domain/runtime.ts';
import type { ReadFunctions } from '../ec2/facts/account-wide.ts';
import { proxyAgents } from './proxy.ts';
import { CLIENT_SETTINGS, type ClientSettings } from './settings.ts';

/**
 * The account that a person chose. Absent parts come from the environment and the shared configuration files.
 */
export interface AccountChoice {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  /** Has the proxies. The SDK reads its own variables from the process. */
  readonly environment: Environment;
}

/** Timeouts for a person, ms: an answer may have 1,000 groups, and a proxy may connect slowly. */
const PERSONAL_TIMEOUTS = { connectionTimeout: 10_000, requestTimeout: 30_000 } as const;

/**
 * Settings of a client with a person's own credentials. The calls that sign a person in (SSO, STS) use the
 * same proxy.
 *
 * @throws InputInvalid for an invalid proxy.
 */
export function personalSettings({
  profile,
  region,
  environment,
}: AccountChoice): ClientSettings & { readonly profile?: string } {
  const agents = proxyAgents(environment);
  const requestHandler = { ...CLIENT_SETTINGS.requestHandler, ...PERSONAL_TIMEOUTS, ...agents };
  return {
    ...CLIENT_SETTINGS,
    requestHandler,
    ...(agents && { credentials: defaultProvider({ ...(profile && { profile }), clientConfig: { requestHandler } }) }),
    ...(profile && { profile }),
    ...(region && { region }),
  };
}

/** An EC2 client with a person's credentials, its region, and the functions of that region. */
export interface AccountClient {
  readonly ec2: EC2Client;
  readonly region: string;
  readonly functions: ReadFunctions;
  /**
   * For clients of other services, with the same credentials, so that a person enters an MFA code only once.
   */
  readonly settings: ClientSettings;
}

/** Loads Lambda's client at the first call. */
function functionsBeside(settings: ClientSettings): ReadFunctions {
  return async () => {
    const { functionsIn } = await import('../lambda.ts');
    return await functionsIn(settings)();
  };
}

/**
 * An EC2 client with the SDK's default chain of credentials.
 *
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html
 * @throws InputInvalid if the profile does not exist or the region is missing.
 */
export async function accountClient(choice: AccountChoice): Promise<AccountClient> {
  await requireProfile(choice.profile);
  const personal = personalSettings(choice);
  const ec2 = new EC2Client(personal);
  try {
    const region = await ec2.config.region();
    const settings = { ...personal, region, credentials: ec2.config.credentials };
    return { ec2, region, functions: functionsBeside(settings), settings };
  } catch (error) {
    throw new InputInvalid(
      'the region is missing: give --region REGION, set AWS_REGION, or set region in the profile',
      {
        cause: error,
      },
    );
  }
}

/** Sections of the configuration file that are not profiles, as the SDK's loader names them. */
const OTHER_SECTIONS = /^(?:sso-session|services)\./;

/** Profiles that a message lists before it counts the rest. */
const MOST_LISTED = 10;

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'they have no profiles';
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : '';
  return `they have ${names.slice(0, MOST_LISTED).join(', ')}${more}`;
}

/**
 * Checks that the profile which a person named with `--profile` or AWS_PROFILE exists in the shared
 * configuration files. Without this check the SDK reports a missing region or missing credentials, which
 * misleads.
 *
 * @param given value of `--profile`.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 * @throws InputInvalid naming the profile and the profiles that exist.
 */
export async function requireProfile(given: string | undefined): Promise<void> {
  const name = getProfileName(given ? { profile: given } : {});
  if (name === DEFAULT_PROFILE) return;
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const sections = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  const profiles = [...sections].filter((one) => !OTHER_SECTIONS.test(one)).toSorted();
  if (profiles.includes(name)) return;
  throw new InputInvalid(
    `${given ? '--profile' : 'AWS_PROFILE'} ${JSON.stringify(name)}: the AWS configuration files have no such profile; ${listed(profiles)} (aws configure --profile NAME adds one)`,
  );
}
