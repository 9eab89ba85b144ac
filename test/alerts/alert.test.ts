import { describe, expect, it } from 'vitest';
import { alertFor } from '../../shared/alerts/alert.ts';
import type { Actor } from '../../shared/model/change.ts';
import type { Outcome } from '../../shared/model/decision.ts';
import { remediationId } from '../../shared/model/remediation-id.ts';
import { cell, change, group, rule } from '../pipeline/cell.ts';

const SSH = rule('tcp', 22, '0.0.0.0/0');
const ALICE: Actor = { type: 'IAMUser', name: 'alice@example.com', sourceIp: '198.51.100.20', tool: 'console' };
const BOT: Actor = { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/ci/run', tool: 'terraform' };

const outcome = async (more: Partial<Outcome> = {}, tags = {}): Promise<Outcome> => {
  const { run } = cell([group([SSH], { tags })]);
  const [done] = await run(change([SSH], { actor: ALICE }));
  if (done === undefined) throw new Error('nothing came of it');
  return { ...done, ...more };
};

const untouched = { removed: [], alreadyGone: [], drifted: [] } as const;

describe('the alert about an outcome', () => {
  it('tells how to put the rules back, by the id that people use', async () => {
    const done = await outcome();
    expect(alertFor(done).text).toContain(`  portcullis restore ${remediationId(done.plan)} --reason …\n`);
  });

  it('tells how to release and decline what is pending', async () => {
    const waiting = await outcome({ ...untouched, status: 'pending' });
    const { text } = alertFor(waiting);
    const id = remediationId(waiting.plan);
    expect(text).toContain(`  portcullis approve ${id} --reason …\n  portcullis decline ${id} --reason …\n`);
    expect(text).toContain(`Open:\n  ${SSH.id}`);
  });

  it('tells of a spent budget under an id of its own, and how to let it go on', async () => {
    const held = alertFor(await outcome({ ...untouched, status: 'held' }));
    const done = alertFor(await outcome());
    expect(held.subject).toMatch(/^NOT CLOSED, the budget is spent: web/);
    expect(held.text).toContain('  portcullis resume-budget --reason …\n');
    expect(held.text).toContain('What changes bring is closed all the same.');
    expect(held.dedupId).not.toBe(done.dedupId);
  });

  it('names who released it, and why, in one line whatever they wrote', async () => {
    const done = await outcome();
    const by = { name: 'bob\u202e', through: 'command-line' } as const;
    const released = { by, reason: 'looked\nat it', at: done.at };
    const { text } = alertFor({ ...done, plan: { ...done.plan, released } });
    expect(text).toContain(`Released by: bob, ${new Date(done.at).toISOString()}: looked at it\n`);
  });

  it('tells a fight in place of one more round: how often, since when, who, with what, and where in the code', async () => {
    const fight = { times: 3, since: Date.parse('2026-01-02T00:00:00Z'), actors: [ALICE, BOT], quiet: false };
    const tags = { 'aws:cloudformation:stack-name': 'web', git_file: 'infra/web.tf' };
    const { subject, text } = alertFor(await outcome({ fight }, tags));
    expect(subject).toMatch(/^Closed again, it has come back 3 times: web/);
    expect(text).toContain(
      "The same rule has come back 3 times since 2026-01-02T00:00:00.000Z, by alice@example.com from 198.51.100.20 with console; arn:aws:sts::111122223333:assumed-role/ci/run with terraform (the group's tags say: stack web, file infra/web.tf); closed again.",
    );
    expect(text).toContain('told again when it has come back 6 times');
  });

  it('names five of many who fight, and nobody where the events name nobody', async () => {
    const many = Array.from({ length: 7 }, (_, i) => ({ ...ALICE, name: `user-${i}` }));
    const fight = { times: 12, since: 0, quiet: false };
    expect(alertFor(await outcome({ fight: { ...fight, actors: many } })).text).toMatch(/user-4 .*; and 2 more/);
    expect(alertFor(await outcome({ fight: { ...fight, actors: [] } })).text).toContain(
      'by nobody that the events name;',
    );
  });

  it('has nothing to restore where somebody else was faster', async () => {
    expect(alertFor(await outcome({ removed: [], alreadyGone: [SSH] })).text).not.toContain('portcullis restore');
  });

  it('says that what was removed by mistake is put back', async () => {
    const { subject, text } = alertFor(await outcome({ drifted: [SSH] }));
    expect(subject).toMatch(/^Closed, but not as planned/);
    expect(text).toContain('put back at once unless it is closed as it is:');
  });
});
