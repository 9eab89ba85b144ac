import { EC2Client } from '@aws-sdk/client-ec2';
import type { ClientSettings } from './client-settings.ts';

/** EC2 clients by region: each is made once, with its connections kept open. */
export function ec2Clients(settings: ClientSettings): (region: string) => EC2Client {
  const clients = new Map<string, EC2Client>();
  return (region) => {
    const client = clients.get(region) ?? new EC2Client({ ...settings, region });
    clients.set(region, client);
    return client;
  };
}
