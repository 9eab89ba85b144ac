import { answerKeptUntil, isWaiting, outcomeKeptUntil } from '../../../shared/adapters/aws/dynamodb/retention.ts';
import { isAboutCanary } from '../../../shared/domain/canary.ts';
import { countsAgainstBudget, type Plan } from '../../../shared/domain/decision.ts';
import { InputInvalid } from '../../../shared/domain/errors.ts';
import type { GroupRecords } from '../../../shared/domain/group-record.ts';
import type {
  ApprovalAnswer,
  Exemptions,
  FullLedger,
  LedgerEntry,
  Reservation,
} from '../../../shared/domain/ledger.ts';
import type { Clock } from '../../../shared/domain/ports.ts';
import { REMEDIATION_ID, remediationId } from '../../../shared/domain/remediation-id.ts';

function keyOf({ decision, id }: Plan): string {
  return `${decision.group.id} ${id}`;
}

function byTime(a: LedgerEntry, b: LedgerEntry): number {
  return a.plan.at - b.plan.at;
}

/** Until when an entry is kept, ms: while it is open or waits, without an end. */
function endOf({ outcome, answer }: LedgerEntry): number {
  if (outcome === undefined) return Number.POSITIVE_INFINITY;
  if (isWaiting(outcome.status) && answer !== undefined) return answerKeptUntil(answer);
  return outcomeKeptUntil(outcome) ?? Number.POSITIVE_INFINITY;
}

/** The stores that hold the rest of a group's state. */
interface LedgerStores {
  readonly exemptions: Pick<Exemptions, 'active'>;
  readonly records: Pick<GroupRecords, 'get'>;
}

/** A ledger held in memory, with the answers of the one in DynamoDB. */
export class InMemoryLedger implements FullLedger {
  readonly #entries = new Map<string, LedgerEntry>();
  readonly #carried = new Set<ApprovalAnswer>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #leaseMs: number;
  readonly #stores: LedgerStores;

  constructor(clock: Pick<Clock, 'now'>, leaseMs: number, stores: LedgerStores) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#stores = stores;
  }

  #get(plan: Plan): LedgerEntry | undefined {
    const entry = this.#entries.get(keyOf(plan));
    return entry !== undefined && endOf(entry) > this.#clock.now() ? entry : undefined;
  }

  #put(entry: LedgerEntry): void {
    this.#entries.set(keyOf(entry.plan), entry);
  }

  #all(): readonly LedgerEntry[] {
    return [...this.#entries.values()].filter((entry) => endOf(entry) > this.#clock.now());
  }

  #judge({ outcome, owner: holder, heldUntil }: LedgerEntry, plan: Plan, owner: string): Reservation {
    if (outcome === undefined) return holder === owner || heldUntil <= this.#clock.now() ? 'resume' : 'busy';
    if (outcome.status === 'held') return countsAgainstBudget(plan) ? 'held' : 'again';
    return outcome.status === 'failed' ? 'again' : 'settled';
  }

  /** What people read; the canary's are in no list. */
  #history(): readonly LedgerEntry[] {
    return this.#all().filter(({ plan }) => !isAboutCanary(plan.decision));
  }

  reserve: FullLedger['reserve'] = async (plan, owner) => {
    const claim = { owner, heldUntil: this.#clock.now() + this.#leaseMs };
    const held = this.#get(plan);
    if (held === undefined) {
      this.#put({ plan, ...claim, postRemovalGrants: [], completedSteps: [] });
      return 'go';
    }
    const reservation = this.#judge(held, plan, owner);
    const { outcome: _, answer, ...kept } = held;
    if (reservation === 'resume') this.#put({ ...held, ...claim });
    if (reservation === 'again') {
      const anew = { ...kept, ...claim, plan: { ...plan, at: held.plan.at } };
      this.#put({ ...anew, ...(answer && plan.approved && { answer }) });
    }
    return reservation;
  };

  find: FullLedger['find'] = async (groupId, planId) =>
    this.#all().find(({ plan }) => plan.id === planId && plan.decision.group.id === groupId);

  settle: FullLedger['settle'] = async (outcome) => {
    const held = this.#get(outcome.plan);
    if (held === undefined)
      throw new InputInvalid(`ledger: plan ${outcome.plan.id} was never reserved: reserve it before acting`);
    if (held.outcome === undefined) this.#put({ ...held, heldUntil: 0, outcome: { ...outcome, plan: held.plan } });
  };

  entries: FullLedger['entries'] = async (groupId) =>
    this.#all()
      .filter(({ plan }) => plan.decision.group.id === groupId)
      .toSorted((a, b) => byTime(b, a));

  stateOf: FullLedger['stateOf'] = async (groupIds) => ({
    entries: this.#all().filter(
      ({ plan, outcome }) => outcome === undefined && groupIds.includes(plan.decision.group.id),
    ),
    exemptions: await this.#stores.exemptions.active(groupIds),
    records: await this.#stores.records.get(groupIds),
  });

  findById: FullLedger['findById'] = async (id) =>
    REMEDIATION_ID.test(id) ? this.#history().find(({ plan }) => remediationId(plan) === id) : undefined;

  newest: FullLedger['newest'] = async (most) =>
    this.#history()
      .toSorted((a, b) => byTime(b, a))
      .slice(0, Math.max(most, 0));

  waiting: FullLedger['waiting'] = async (status) =>
    this.#all()
      .filter((entry) => entry.outcome?.status === status && entry.answer === undefined)
      .toSorted(byTime);

  withOpenAnswer: FullLedger['withOpenAnswer'] = async () =>
    this.#all()
      .filter(({ outcome, answer }) => outcome !== undefined && answer !== undefined && !this.#carried.has(answer))
      .toSorted(byTime);

  completeAnswer: FullLedger['completeAnswer'] = async (entry, progress) => {
    await this.recordStep(entry, progress);
    const said = this.#get(entry.plan)?.answer;
    if (said !== undefined) this.#carried.add(said);
  };

  abandoned: FullLedger['abandoned'] = async () =>
    this.#all().filter(({ outcome, heldUntil }) => outcome === undefined && heldUntil <= this.#clock.now());

  recordAnswer: FullLedger['recordAnswer'] = async ({ plan }, answer) => {
    const entry = this.#get(plan);
    if (entry?.answer !== undefined) return entry.answer;
    if (entry?.outcome === undefined || !isWaiting(entry.outcome.status))
      throw new InputInvalid(`ledger: plan ${plan.id} of ${plan.decision.group.id} waits for no answer`);
    this.#put({ ...entry, answer });
    return answer;
  };

  recordGrant: FullLedger['recordGrant'] = async ({ plan }, followUp) => {
    const entry = this.#get(plan);
    if (entry !== undefined) this.#put({ ...entry, postRemovalGrants: [...entry.postRemovalGrants, followUp] });
  };

  recordStep: FullLedger['recordStep'] = async ({ plan }, progress) => {
    const entry = this.#get(plan);
    if (entry !== undefined) this.#put({ ...entry, completedSteps: [...entry.completedSteps, progress] });
  };
}
