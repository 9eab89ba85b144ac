import { EC2Client } from '@aws-sdk/client-ec2';
import { CLIENT_SETTINGS } from './client-settings.ts';

const made = new Map<string, EC2Client>();

/** The container's EC2 client for a region: made once, with its connections kept open. */
export function ec2Client(region: string): EC2Client {
  const client = made.get(region) ?? new EC2Client({ ...CLIENT_SETTINGS, region });
  made.set(region, client);
  return client;
}
