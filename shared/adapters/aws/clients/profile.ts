import { DEFAULT_PROFILE, getProfileName, loadSharedConfigFiles } from '@smithy/core/config';
import { InputInvalid } from '../../../domain/errors.ts';

/** Sections of the configuration file that are not profiles, as the SDK's loader names them. */
const OTHER_SECTIONS = /^(?:sso-session|services)\./;

/** Profiles that a message lists before it counts the rest. */
const MOST_LISTED = 10;

const listed = (names: readonly string[]): string => {
  if (names.length === 0) return 'they have no profiles';
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : '';
  return `they have ${names.slice(0, MOST_LISTED).join(', ')}${more}`;
};

/**
 * Checks that the profile which a person named with `--profile` or AWS_PROFILE exists in the shared configuration files. Without this
 * check the SDK reports a missing region or missing credentials, which misleads.
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
