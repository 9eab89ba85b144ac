import { describe, expect, it } from 'vitest';
import { remediationId } from '../../shared/domain/decision.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import { cell, change, group, rule } from './cell.ts';

describe('a case that failed and is tried again', () => {
  it('is told by the id that people know it by, and is found by it', async () => {
    const open = rule('tcp', 22, '0.0.0.0/0');
    const { run, told, ledger, ports, clock, left } = cell([group([open])]);
    const denied = new CallFailed('RevokeSecurityGroupIngress', 'UnauthorizedOperation', false, new Error('denied'));
    const revoke = async () => await Promise.reject(denied);
    await run(change([open]), { ports: { groups: { ...ports.groups, revoke } } });
    clock.at += 60_000;
    await run(change([open], { id: 'event-2' }), { owner: 'invocation-2' });
    expect(told.map(({ status }) => status)).toEqual(['failed', 'done']);
    const [first, second] = told.map(({ plan }) => remediationId(plan));
    expect(second).toBe(first);
    expect(await ledger.findById(first ?? '')).toMatchObject({ outcome: { status: 'done', removed: [open] } });
    expect(left()).toEqual([]);
  });
});
