import type { Outcome, Plan } from '../../shared/model/decision.ts';
import type { Answer, FollowUp, Progress } from '../../shared/model/follow-up.ts';
import type { Entry, Register, Reservation } from '../../shared/model/ledger.ts';
import type { Clock } from '../../shared/model/ports.ts';
import { remediationId } from '../../shared/model/remediation-id.ts';

const keyOf = (groupId: string, planId: string): string => `${groupId} ${planId}`;

const byTime = (a: Entry, b: Entry): number => a.plan.at - b.plan.at;

/** A ledger held in memory, with the answers of the one in DynamoDB. */
export class OfflineLedger implements Register {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #leaseMs: number;

  constructor(clock: Pick<Clock, 'now'>, leaseMs: number) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  #answer(held: Entry | undefined, plan: Plan, owner: string): Reservation {
    if (held === undefined || held.outcome?.status === 'failed') return 'go';
    if (held.outcome?.status === 'held') return plan.released === undefined ? 'held' : 'go';
    if (held.outcome !== undefined) return 'settled';
    return held.owner === owner || held.heldUntil <= this.#clock.now() ? 'resume' : 'busy';
  }

  #all(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  #put(entry: Entry): void {
    this.#entries.set(keyOf(entry.plan.decision.group.id, entry.plan.id), entry);
  }

  reserve: Register['reserve'] = async (plan, owner) => {
    const held = this.#entries.get(keyOf(plan.decision.group.id, plan.id));
    const answer = this.#answer(held, plan, owner);
    const kept = answer === 'resume' && held !== undefined ? held.plan : plan;
    if (answer === 'go' || answer === 'resume') {
      const heldUntil = this.#clock.now() + this.#leaseMs;
      this.#put({ plan: kept, owner, heldUntil, followUps: held?.followUps ?? [], progress: held?.progress ?? [] });
    }
    return answer;
  };

  find: Register['find'] = async (groupId, planId) => this.#entries.get(keyOf(groupId, planId));

  settle: Register['settle'] = async (outcome: Outcome) => {
    const { plan } = outcome;
    const held = await this.find(plan.decision.group.id, plan.id);
    const fresh = { plan, owner: '', heldUntil: outcome.at, followUps: [], progress: [] };
    this.#put({ ...(held ?? fresh), plan, outcome });
  };

  entries: Register['entries'] = async (groupId) =>
    this.#all()
      .filter(({ plan }) => plan.decision.group.id === groupId)
      .toSorted((a, b) => b.heldUntil - a.heldUntil);

  unsettled: Register['unsettled'] = async (groupId) =>
    (await this.entries(groupId)).filter(({ outcome }) => outcome === undefined);

  byId: Register['byId'] = async (id) => this.#all().find(({ plan }) => remediationId(plan) === id);

  newest: Register['newest'] = async (most) => this.#all().toSorted(byTime).toReversed().slice(0, most);

  waiting: Register['waiting'] = async (status) =>
    this.#all()
      .filter((entry) => entry.outcome?.status === status && entry.answer === undefined)
      .toSorted(byTime);

  abandoned: Register['abandoned'] = async () =>
    this.#all().filter(({ outcome, heldUntil }) => outcome === undefined && heldUntil <= this.#clock.now());

  async #change({ plan }: Entry, changed: (entry: Entry) => Entry): Promise<Entry | undefined> {
    const entry = await this.find(plan.decision.group.id, plan.id);
    if (entry === undefined) return undefined;
    this.#put(changed(entry));
    return changed(entry);
  }

  answer = async (entry: Entry, answer: Answer): Promise<Answer> => {
    const changed = await this.#change(entry, (one) => ({ ...one, answer: one.answer ?? answer }));
    return changed?.answer ?? answer;
  };

  noteFollowUp = async (entry: Entry, followUp: FollowUp): Promise<void> => {
    await this.#change(entry, (one) => ({ ...one, followUps: [...one.followUps, followUp] }));
  };

  noteProgress = async (entry: Entry, progress: Progress): Promise<void> => {
    await this.#change(entry, (one) => ({ ...one, progress: [...one.progress, progress] }));
  };
}
