import { answeredUntil, isWaiting, keptUntil } from '../../shared/adapters/aws/dynamodb/ledger/keep.ts';
import { isBudgeted } from '../../shared/domain/budgeted.ts';
import { isAboutCanary } from '../../shared/domain/canary.ts';
import type { Plan } from '../../shared/domain/decision.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { Entry, Register, Reservation } from '../../shared/domain/ledger.ts';
import type { Clock } from '../../shared/domain/ports.ts';
import { REMEDIATION_ID, remediationId } from '../../shared/domain/remediation-id.ts';
import type { Answer } from '../../shared/domain/requests/follow-up.ts';

const keyOf = ({ decision, id }: Plan): string => `${decision.group.id} ${id}`;

const byTime = (a: Entry, b: Entry): number => a.plan.at - b.plan.at;

/** Until when an entry is kept, ms: while it is open or waits, without an end. */
const endOf = ({ outcome, answer }: Entry): number => {
  if (outcome === undefined) return Number.POSITIVE_INFINITY;
  if (isWaiting(outcome.status) && answer !== undefined) return answeredUntil(answer);
  return keptUntil(outcome) ?? Number.POSITIVE_INFINITY;
};

/** A ledger held in memory, with the answers of the one in DynamoDB. */
export class OfflineLedger implements Register {
  readonly #entries = new Map<string, Entry>();
  readonly #carried = new Set<Answer>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #leaseMs: number;

  constructor(clock: Pick<Clock, 'now'>, leaseMs: number) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  #get(plan: Plan): Entry | undefined {
    const entry = this.#entries.get(keyOf(plan));
    return entry !== undefined && endOf(entry) > this.#clock.now() ? entry : undefined;
  }

  #put(entry: Entry): void {
    this.#entries.set(keyOf(entry.plan), entry);
  }

  #all(): readonly Entry[] {
    return [...this.#entries.values()].filter((entry) => endOf(entry) > this.#clock.now());
  }

  #judge({ outcome, owner: holder, heldUntil }: Entry, plan: Plan, owner: string): Reservation {
    if (outcome === undefined) return holder === owner || heldUntil <= this.#clock.now() ? 'resume' : 'busy';
    if (outcome.status === 'held') return isBudgeted(plan) ? 'held' : 'again';
    return outcome.status === 'failed' ? 'again' : 'settled';
  }

  /** What people read; the canary's are in no list. */
  #history(): readonly Entry[] {
    return this.#all().filter(({ plan }) => !isAboutCanary(plan.decision));
  }

  reserve: Register['reserve'] = async (plan, owner) => {
    const claim = { owner, heldUntil: this.#clock.now() + this.#leaseMs };
    const held = this.#get(plan);
    if (held === undefined) {
      this.#put({ plan, ...claim, followUps: [], progress: [] });
      return 'go';
    }
    const reservation = this.#judge(held, plan, owner);
    const { outcome: _, answer, ...kept } = held;
    if (reservation === 'resume') this.#put({ ...held, ...claim });
    if (reservation === 'again') {
      const anew = { ...kept, ...claim, plan: { ...plan, at: held.plan.at } };
      this.#put({ ...anew, ...(answer && plan.released && { answer }) });
    }
    return reservation;
  };

  find: Register['find'] = async (groupId, planId) =>
    this.#all().find(({ plan }) => plan.id === planId && plan.decision.group.id === groupId);

  settle: Register['settle'] = async (outcome) => {
    const held = this.#get(outcome.plan);
    if (held === undefined)
      throw new InputInvalid(`ledger: plan ${outcome.plan.id} was never reserved: reserve it before acting`);
    if (held.outcome === undefined) this.#put({ ...held, heldUntil: 0, outcome: { ...outcome, plan: held.plan } });
  };

  entries: Register['entries'] = async (groupId) =>
    this.#all()
      .filter(({ plan }) => plan.decision.group.id === groupId)
      .toSorted((a, b) => byTime(b, a));

  unsettled: Register['unsettled'] = async (groupId) =>
    (await this.entries(groupId)).filter(({ outcome }) => outcome === undefined);

  byId: Register['byId'] = async (id) =>
    REMEDIATION_ID.test(id) ? this.#history().find(({ plan }) => remediationId(plan) === id) : undefined;

  newest: Register['newest'] = async (most) =>
    this.#history()
      .toSorted((a, b) => byTime(b, a))
      .slice(0, Math.max(most, 0));

  waiting: Register['waiting'] = async (status) =>
    this.#all()
      .filter((entry) => entry.outcome?.status === status && entry.answer === undefined)
      .toSorted(byTime);

  answered: Register['answered'] = async () =>
    this.#all()
      .filter(({ outcome, answer }) => outcome !== undefined && answer !== undefined && !this.#carried.has(answer))
      .toSorted(byTime);

  noteCarried: Register['noteCarried'] = async (entry, progress) => {
    await this.noteProgress(entry, progress);
    const said = this.#get(entry.plan)?.answer;
    if (said !== undefined) this.#carried.add(said);
  };

  abandoned: Register['abandoned'] = async () =>
    this.#all().filter(({ outcome, heldUntil }) => outcome === undefined && heldUntil <= this.#clock.now());

  answer: Register['answer'] = async ({ plan }, answer) => {
    const entry = this.#get(plan);
    if (entry?.answer !== undefined) return entry.answer;
    if (entry?.outcome === undefined || !isWaiting(entry.outcome.status))
      throw new InputInvalid(`ledger: plan ${plan.id} of ${plan.decision.group.id} waits for no answer`);
    this.#put({ ...entry, answer });
    return answer;
  };

  noteFollowUp: Register['noteFollowUp'] = async ({ plan }, followUp) => {
    const entry = this.#get(plan);
    if (entry !== undefined) this.#put({ ...entry, followUps: [...entry.followUps, followUp] });
  };

  noteProgress: Register['noteProgress'] = async ({ plan }, progress) => {
    const entry = this.#get(plan);
    if (entry !== undefined) this.#put({ ...entry, progress: [...entry.progress, progress] });
  };
}
