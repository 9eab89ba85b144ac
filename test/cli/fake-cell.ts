import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../infra/local/start.ts';
import { functionName } from '../../shared/catalogue.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import type { Person } from '../../shared/domain/identity.ts';
import { readCommand } from '../../shared/events/requests/command.ts';
import { splitProof } from '../../shared/events/requests/proof.ts';
import { cliThen, type Ran } from './command-line.ts';

const KEY = 'AKIAEXAMPLEALICE0000';

const ARN = 'arn:aws:sts::111122223333:assumed-role/Developer/alice@example.com';

/** Who the credentials of these tests belong to. */
export const ALICE: Person = { name: 'alice@example.com', arn: ARN, through: 'command-line' };

/** An id as the ledger makes them. */
export const ID = '0000000abc0123456789abcdef';

function literally(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

/** How a command ends that asked nothing, with one line on standard error that says so much. */
export function fault(message: string) {
  return {
    code: 2,
    out: '',
    asked: 0,
    err: expect.stringMatching(new RegExp(`^portcullis: [^\\n]*${literally(message)}[^\\n]*\\n$`)),
  };
}

/** An account whose function reads commands as the real one does, and answers what a test says. */
export interface FakeCell {
  readonly local: () => LocalAccount;
  /** Commands that arrived, as the function read them. */
  readonly asked: Command[];
  /** Answers the next commands in this order, the last of them from then on; an error is thrown. */
  readonly answers: (...results: readonly (CommandResult | Error)[]) => void;
  /** Runs the command line in eu-west-1, at the time `THEN`. */
  readonly run: (...argv: readonly string[]) => Promise<Ran>;
  /** The same, with how many commands arrived. */
  readonly tries: (...argv: readonly string[]) => Promise<Ran & { readonly asked: number }>;
}

function useCredentials(endpoint: string) {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', KEY);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
}

/** Starts one for the tests of a file. */
export function fakeCell(): FakeCell {
  let account: LocalAccount | undefined;
  let answers: (CommandResult | Error)[] = [{ kind: 'refused', because: [] }];
  const asked: Command[] = [];
  const local = () => {
    if (account === undefined) throw new Error('the account is started before the first test');
    return account;
  };
  const target = async (event: unknown) => {
    asked.push(readCommand(splitProof(event).command));
    const [next] = answers.length > 1 ? answers.splice(0, 1) : answers;
    if (next instanceof Error) throw next;
    return next;
  };
  const run = async (...argv: readonly string[]) => await cliThen([...argv, '--region', 'eu-west-1']);
  beforeAll(async () => {
    const principals = { [KEY]: { type: 'AssumedRole' as const, arn: ARN, name: 'alice@example.com' } };
    account = await startLocalAccount({ region: 'eu-west-1', principals });
    account.functions.deploy({ name: functionName('onGrant'), aliases: { requests: {} }, target, timeoutMs: 10_000 });
    useCredentials(account.endpoint);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await local().close();
  });
  beforeEach(() => void asked.splice(0));
  return {
    local,
    asked,
    answers: (...results) => void (answers = [...results]),
    run,
    tries: async (...argv) => ({ ...(await run(...argv)), asked: asked.length }),
  };
}
