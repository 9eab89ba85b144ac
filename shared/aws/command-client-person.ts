import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Person } from '../model/person.ts';
import type { AccountChoice } from './account-client.ts';
import { call } from './call.ts';
import { CLIENT_SETTINGS } from './client-settings.ts';

/**
 * The last part of an ARN: the user's name, the session's (with single sign-on, the person's address), or `root`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
const nameIn = (arn: string): string => arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);

/** Whoever the credentials belong to, by AWS's word. Throws CallFailed. */
export async function callingPerson({ profile, region }: AccountChoice): Promise<Person> {
  const sts = new STSClient({ ...CLIENT_SETTINGS, ...(profile && { profile }), ...(region && { region }) });
  const { Arn = '' } = await call('GetCallerIdentity', sts.send(new GetCallerIdentityCommand({})));
  sts.destroy();
  return { name: nameIn(Arn), arn: Arn, through: 'command-line' };
}
