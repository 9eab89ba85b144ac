import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Recorders } from '../model/recorder.ts';
import { CLIENT_SETTINGS } from './client-settings.ts';
import { recorders } from './recorders.ts';

/** AWS Config's recorders for a person, with the credentials that EC2's client has found: nobody is asked for a code twice. */
export const recordersBeside = ({ config: { credentials } }: Pick<EC2Client, 'config'>, region: string): Recorders =>
  recorders(new ConfigServiceClient({ ...CLIENT_SETTINGS, region, credentials }));
