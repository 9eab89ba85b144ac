import type { Outcome, Plan } from '../../shared/model/decision.ts';
import type { Clock, Entry, Ledger, Reservation } from '../../shared/model/ports.ts';

/** A ledger held in memory, with the answers of the one in DynamoDB. */
export class OfflineLedger implements Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #leaseMs: number;

  constructor(clock: Pick<Clock, 'now'>, leaseMs: number) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  #answer(held: Entry | undefined, owner: string): Reservation {
    if (held === undefined || held.outcome?.status === 'failed') return 'go';
    if (held.outcome !== undefined) return 'settled';
    return held.owner === owner || held.heldUntil <= this.#clock.now() ? 'resume' : 'busy';
  }

  reserve: Ledger['reserve'] = async (plan: Plan, owner: string) => {
    const held = this.#entries.get(plan.id);
    const answer = this.#answer(held, owner);
    const kept = answer === 'resume' && held !== undefined ? held.plan : plan;
    if (answer === 'go' || answer === 'resume') {
      this.#entries.set(plan.id, { plan: kept, owner, heldUntil: this.#clock.now() + this.#leaseMs });
    }
    return answer;
  };

  settle: Ledger['settle'] = async (outcome: Outcome) => {
    const held = this.#entries.get(outcome.plan.id);
    const owner = held?.owner ?? '';
    this.#entries.set(outcome.plan.id, {
      plan: outcome.plan,
      owner,
      heldUntil: held?.heldUntil ?? outcome.at,
      outcome,
    });
  };

  entries: Ledger['entries'] = async (groupId) =>
    [...this.#entries.values()]
      .filter(({ plan }) => plan.decision.group.id === groupId)
      .toSorted((a, b) => b.heldUntil - a.heldUntil);

  unsettled: Ledger['unsettled'] = async (groupId) =>
    (await this.entries(groupId)).filter(({ outcome }) => outcome === undefined);
}
