import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { CommandResult } from '../../../shared/domain/command.ts';
import { ALICE, fakeCell, fault, ID } from '../fake-cell.ts';

const AT = Date.parse('2026-01-02T03:04:05Z');

const ssh = {
  id: 'sgr-0aaaaaaaaaaaaaaa1',
  groupId: 'sg-0aaaaaaaaaaaaaaa1',
  direction: 'ingress' as const,
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4' as const, cidr: '0.0.0.0/0' },
  description: 'for the vendor',
};

type Restored = Extract<CommandResult, { kind: 'restored' }>;

function restored(more: Partial<Restored> = {}, followUp: Partial<Restored['followUp']> = {}): Restored {
  return {
    kind: 'restored',
    dryRun: false,
    standing: [],
    remarks: [],
    followUp: { kind: 'restore', by: ALICE, reason: 'needed', at: AT, granted: [ssh], refused: [], ...followUp },
    ...more,
  };
}

const cell = fakeCell();
const REASON = ['--reason', 'the vendor needs it'];

describe('portcullis restore', () => {
  it('sends the remediation with the identity of the credentials, and prints the restored rules', async () => {
    cell.answers(restored());
    expect(await cell.run('restore', ID, ...REASON)).toEqual({
      code: 0,
      err: '',
      out: ['Restored: 1 rule', '  sgr-0aaaaaaaaaaaaaaa1 ingress tcp 22 from 0.0.0.0/0 "for the vendor"', ''].join(
        '\n',
      ),
    });
    expect(cell.asked).toEqual([{ do: 'restore', id: ID, dryRun: false, by: ALICE, reason: 'the vendor needs it' }]);
  });

  it('grants an exemption with it, and prints its end', async () => {
    cell.answers(restored({}, { exemption: { owner: 'web@example.com', ticket: 'OPS-1', until: AT } }));
    const terms = ['--exempt-days', '30', '--owner', 'web@example.com', '--ticket', 'OPS-1'];
    const { code, out } = await cell.run('restore', ID.toUpperCase(), ...REASON, ...terms);
    expect([code, out.split('\n')[2]]).toEqual([
      0,
      'Exempt until 2026-01-02T03:04Z; owner web@example.com, ticket OPS-1.',
    ]);
    expect(cell.asked).toMatchObject([{ id: ID, exempt: { days: 30, owner: 'web@example.com', ticket: 'OPS-1' } }]);
  });

  it('prints what a dry run would do, and what people would be told', async () => {
    cell.answers(restored({ dryRun: true, remarks: ['people will be told of it'] }));
    const { out } = await cell.run('restore', ID, ...REASON, '--dry-run');
    expect(out).toMatch(/^Would be restored: 1 rule\n {2}ingress tcp 22 [^]*\nNote: people will be told of it\.\n$/);
    expect(cell.asked).toMatchObject([{ dryRun: true }]);
  });

  it('does not list rules that existed before as restored', async () => {
    cell.answers(restored({ standing: [ssh.id], remarks: ['it was restored by bob before'] }));
    const { code, out } = await cell.run('restore', ID, ...REASON);
    expect([code, out]).toEqual([
      0,
      `Nothing to restore.\nStanding already: ${ssh.id}.\nNote: it was restored by bob before.\n`,
    ]);
  });

  it('lists the refused rules with their reasons, and ends with 1', async () => {
    const refused = [{ rule: { ...ssh, fromPort: 23, toPort: 23 }, reason: 'the quota is full' }];
    cell.answers(restored({}, { refused }));
    const { code, out } = await cell.run('restore', ID, ...REASON);
    expect(code).toBe(1);
    expect(out).toContain(
      'Not granted:\n  sgr-0aaaaaaaaaaaaaaa1 ingress tcp 23 from 0.0.0.0/0 "for the vendor": the quota is full\n',
    );
  });

  it('ends with 1 if it is refused, one line per reason', async () => {
    cell.answers({ kind: 'refused', because: ['it would violate again', 'the group\nis gone'] });
    expect(await cell.run('restore', ID, ...REASON)).toEqual({
      code: 1,
      out: '',
      err: 'portcullis: refused: it would violate again\nportcullis: refused: the group is gone\n',
    });
  });

  it('prints the answer as JSON, refused or not, with times in ISO 8601', async () => {
    const json = async (result: CommandResult) => {
      cell.answers(result);
      const { code, out, err } = await cell.run('restore', ID, ...REASON, '--format', 'json');
      return [code, err, JSON.parse(out)];
    };
    const [done, refused] = [restored(), { kind: 'refused', because: ['no'] } as const];
    const followUp = { ...done.followUp, at: '2026-01-02T03:04:05.000Z' };
    expect(await json(done)).toEqual([0, '', { ...done, followUp }]);
    expect(await json(refused)).toEqual([1, '', refused]);
  });

  it.each([
    ['the id of a remediation is needed, 26 letters and digits: it is in the alert and in portcullis remediations', []],
    ['"sg-1" is not the id of a remediation', ['sg-1', ...REASON]],
    ['--reason is needed: why, in words for the record', [ID]],
    ['--reason is needed', [ID, '--reason', ' ']],
    [
      '--exempt-days "91": expected a whole number from 1 to 90',
      [ID, ...REASON, '--exempt-days', '91', '--owner', 'x'],
    ],
    ['--exempt-days "1.5": expected', [ID, ...REASON, '--exempt-days', '1.5', '--owner', 'x']],
    ['--owner is needed: who answers for the exemption', [ID, ...REASON, '--exempt-days', '9']],
    ['--owner belongs to an exemption: give --exempt-days N, too', [ID, ...REASON, '--owner', 'x']],
    ['--ticket belongs to an exemption', [ID, ...REASON, '--ticket', 'x']],
    ['--format "xml": expected text or json', [ID, ...REASON, '--format', 'xml']],
  ])('asks nothing where it is used wrongly: %s', async (message, argv) => {
    expect(await cell.tries('restore', ...argv)).toEqual(fault(message));
  });

  it('prints no control characters, as text and as JSON', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b[2J', '\u009b2J', '\u202eabc', 'a\nb'),
    );
    const property = fc.asyncProperty(hostile, fc.constantFrom('text', 'json'), async (text, format) => {
      const rule = { ...ssh, id: text, description: text };
      const leave = { owner: text, ticket: text, until: AT };
      const refused = [{ rule, reason: text }];
      cell.answers(
        restored({ standing: [text, 'x'], remarks: [text] }, { granted: [rule, ssh], refused, exemption: leave }),
      );
      const { code, out } = await cell.run('restore', ID, ...REASON, '--format', format);
      expect([code, out]).toEqual([1, expect.not.stringMatching(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)]);
    });
    await expect(fc.assert(property, { numRuns: 40 })).resolves.toBeUndefined();
  });
});

describe('a cell that cannot be reached', () => {
  it('is named with the region and what to do if there is no such function', async () => {
    expect(await cell.tries('restore', ID, ...REASON, '--function', 'elsewhere')).toEqual(
      fault(
        'there is no function elsewhere:requests in eu-west-1: give --function NAME, --region REGION or --profile NAME',
      ),
    );
  });

  it.each([
    ['unauthorized' as const, 'access denied; these credentials need lambda:InvokeFunction on it'],
    ['throttle' as const, 'did not answer (TooManyRequestsException): run the command again; nothing is done twice'],
  ])('says what to do: %s', async (kind, message) => {
    cell.local().faults.push({ service: 'lambda', operation: 'Invoke', kind });
    expect(await cell.tries('restore', ID, ...REASON)).toEqual(
      fault(`function Portcullis-on-grant:requests in eu-west-1${kind === 'throttle' ? '' : ':'} ${message}`),
    );
    cell.local().faults.splice(0);
  });

  it('says that a failed command continues where it stopped', async () => {
    cell.answers(new Error('unread: attachments'));
    const { code, out, err } = await cell.run('restore', ID, ...REASON);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      /^portcullis: function Portcullis-on-grant:requests in eu-west-1 failed: .*unread: attachments; run the command again: .*\n$/,
    );
  });

  it('asks for credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    expect(await cell.tries('restore', ID, ...REASON)).toEqual(fault('no valid AWS credentials: give --profile NAME'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLEALICE0000');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });
});
