import { EC2Client } from '@aws-sdk/client-ec2';
import { InputInvalid } from '../../../domain/errors.ts';
import type { ReadFunctions } from '../ec2/facts/account-wide.ts';
import { type AccountChoice, personalSettings } from './account-choice.ts';
import type { ClientSettings } from './client-settings.ts';
import { requireProfile } from './profile.ts';

/** A client for a person's credentials, the region it talks to, and the functions there. */
export interface AccountClient {
  readonly ec2: EC2Client;
  readonly region: string;
  readonly functions: ReadFunctions;
  /** For clients of other services, with the credentials that EC2's client has found: a person is asked for a code once. */
  readonly settings: ClientSettings;
}

/** Lambda's client is loaded by the first question. */
const functionsBeside =
  (settings: ClientSettings): ReadFunctions =>
  async () => {
    const { functionsIn } = await import('../ec2/facts/functions.ts');
    return await functionsIn(settings)();
  };

/**
 * An EC2 client with the SDK's default chain of credentials.
 *
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html
 * @throws InputInvalid if the profile does not exist, or no region is known.
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
    throw new InputInvalid('no region is known: give --region REGION, set AWS_REGION, or set region in the profile', {
      cause: error,
    });
  }
}
