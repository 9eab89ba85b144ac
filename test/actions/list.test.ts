import { describe, expect, it } from 'vitest';
import { remediationLine } from '../../shared/actions/list.ts';
import { remediationId } from '../../shared/domain/decision.ts';
import type { Exemption } from '../../shared/domain/exemption.ts';
import type { LedgerEntry } from '../../shared/domain/ledger.ts';
import { contentKey } from '../../shared/network/rule-key.ts';
import { BOB, entryOf, OUTCOMES, plan } from '../notifications/compose/samples.ts';

const { by: PERSON, at: AT } = BOB;

const by = PERSON.name;

const closed = entryOf(OUTCOMES.closed);

const [rule] = closed.plan.decision.rules;
if (rule === undefined) throw new Error('the sample has a rule');

const exemption: Exemption = {
  ...BOB,
  id: 'e',
  scope: { groupId: closed.plan.decision.group.id, content: contentKey(rule) },
  owner: 'web',
  until: AT + 86_400_000,
};

function line(entry: LedgerEntry, more: { entries?: readonly LedgerEntry[]; exemptions?: readonly Exemption[] } = {}) {
  return remediationLine(entry, { entries: [], exemptions: [], ...more });
}

describe('a remediation in a list', () => {
  it.each(['closed', 'open', 'pending', 'held', 'failed'] as const)('has its status, and why it failed: %s', (name) => {
    const entry = entryOf(OUTCOMES[name]);
    const { status, fault, events } = line(entry);
    expect([status, events]).toEqual([entry.outcome?.status, []]);
    expect(fault === undefined).toBe(status !== 'failed');
  });

  it('is under way before it has an outcome', () => {
    const { outcome: _outcome, ...entry } = closed;
    expect(line(entry).status).toBe('under way');
  });

  it('names the person who acknowledged it first', () => {
    const progress = [AT + 1, AT + 2].map((at) => ({ step: 'acknowledged', data: { ...PERSON }, at }));
    expect(line({ ...closed, completedSteps: progress }).events).toEqual([{ what: 'acknowledged', by, at: AT + 1 }]);
  });

  it('says how many rules were restored, and until when they are exempt', () => {
    const refused = [{ rule, reason: 'it would be closed again' }];
    const leave = { owner: 'web', until: exemption.until };
    const followUps = [{ ...BOB, kind: 'restore', granted: [rule], refused, exemption: leave } as const];
    const restored = { what: 'restored', by, at: AT, rules: 1, refused: 1, exemptUntil: leave.until, owner: 'web' };
    expect(line({ ...closed, postRemovalGrants: followUps }).events).toEqual([restored]);
    expect(line({ ...closed, postRemovalGrants: followUps }, { exemptions: [exemption] }).events).toEqual([restored]);
  });

  it('names an active exemption of one of its rules, and no other', () => {
    const exempt = { what: 'exempt', by, at: AT, exemptUntil: exemption.until, owner: 'web' };
    expect(line(closed, { exemptions: [exemption] }).events).toEqual([exempt]);
    for (const scope of [
      { groupId: 'sg-0fedcba9876543210' },
      { ...exemption.scope, content: 'ingress tcp 80 80 0.0.0.0/0' },
      { ...exemption.scope, control: 'naming' },
    ])
      expect(line(closed, { exemptions: [{ ...exemption, scope }] }).events).toEqual([]);
  });

  it('names the remediation that an approval led to, and the approved one', () => {
    const waiting = { ...entryOf(OUTCOMES.pending), answer: { ...BOB, verdict: 'released' } as const };
    const released = { planId: waiting.plan.id, approval: BOB, rules: [] };
    const next = {
      ...closed,
      plan: { ...plan({}, { approved: released }), id: 'another000000000000000000001', at: AT + 5, approved: BOB },
    };
    const entries = [next, waiting];
    expect(line(waiting, { entries })).toMatchObject({
      status: 'released',
      events: [{ what: 'approved', by, as: remediationId(next.plan) }],
    });
    expect(line(next, { entries })).toMatchObject({
      status: 'done',
      events: [{ what: 'approved', by, from: remediationId(waiting.plan) }],
    });
    expect(line(waiting).events).toEqual([{ what: 'approved', by, at: AT }]);
  });

  it('is declined, or carried out under its own id after the budget was spent', () => {
    const answer = { ...BOB, verdict: 'declined' } as const;
    expect(line({ ...entryOf(OUTCOMES.pending), answer })).toMatchObject({
      status: 'declined',
      events: [{ what: 'declined', by, at: AT }],
    });
    const later = {
      ...closed,
      outcome: { ...OUTCOMES.closed, at: AT + 1 },
      answer: { ...BOB, verdict: 'released' },
    } as const;
    expect(line(later)).toMatchObject({ status: 'done', events: [{ what: 'approved', by }] });
  });
});
