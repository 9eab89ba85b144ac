import { InProcessNetwork } from '../../../infra/local/network/in-process.ts';
import { type LocalAccount, type LocalOptions, startLocalAccount } from '../../../infra/local/start.ts';
import { VirtualClock } from '../../../infra/local/time/virtual-clock.ts';
import { seeded } from './local-client.ts';

/** A network in this process with virtual time, for servers that a test starts itself. */
export function inProcess(start?: number) {
  const clock = new VirtualClock(start);
  const random = seeded(1);
  const network = new InProcessNetwork({ clock, random });
  const { fetch } = network.connect();
  return { clock, random, network, fetch, http: { fetch, clock } };
}

/** An account in this process with virtual time. */
export async function virtualAccount(
  options: Omit<LocalOptions, 'clock' | 'transport'> = {},
): Promise<LocalAccount & { readonly clock: VirtualClock }> {
  const clock = new VirtualClock();
  const local = await startLocalAccount({ random: seeded(1), ...options, clock, transport: 'in-process' });
  return { ...local, clock };
}
