import type { Random } from '../../../shared/domain/random.ts';
import type { LocalClock } from '../time/clock.ts';
import type { QueueRecord } from './queues.ts';
import type { BusEventRecord, PublishedMessage } from './records.ts';
import { createRegion, type Region } from './region.ts';
import type { RuleVisibility } from './visibility.ts';

/** What an account is made with. */
export interface AccountOptions {
  /** Twelve digits. */
  readonly accountId: string;
  /** The region that estates are loaded into by default. */
  readonly homeRegion: string;
  readonly clock: LocalClock;
  readonly random: Random;
}

/**
 * One AWS account: its regions and what is in them. Knows no transport and sets no timers; time and randomness are given.
 * A region comes to life, empty, when it is first named. There is no default VPC until CreateDefaultVpc or an estate makes one.
 */
export class Account {
  readonly id: string;
  readonly homeRegion: string;
  readonly clock: LocalClock;
  readonly random: Random;
  /** Every message published in any region, in order. */
  readonly messages: PublishedMessage[] = [];
  /** Every event that was put on a bus of any region, in order. */
  readonly busEvents: BusEventRecord[] = [];
  /** Called when a message has come into a queue. */
  readonly arrivals = new Set<(region: Region, queue: QueueRecord) => void>();
  /** As CreateAccountAlias has set it. */
  alias: string | undefined;
  /** When new rules show up in describes; `{}`: at once. */
  ruleVisibility: RuleVisibility = {};
  readonly #regions = new Map<string, Region>();

  constructor(options: AccountOptions) {
    this.id = options.accountId;
    this.homeRegion = options.homeRegion;
    this.clock = options.clock;
    this.random = options.random;
  }

  /** The region of this name, e.g. `eu-central-1`. */
  region(name: string): Region {
    const known = this.#regions.get(name);
    if (known) return known;
    const fresh = createRegion(this, name);
    this.#regions.set(name, fresh);
    return fresh;
  }
}
