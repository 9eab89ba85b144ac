import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import { CallFailed } from '../../domain/errors.ts';
import type { AccountAlias, CellLogEntry } from '../../domain/ports.ts';
import type { Clock } from '../../domain/runtime.ts';
import { call } from './call.ts';
import { type ClientSettings, oneAttempt } from './clients/settings.ts';

/**
 * How long messages name the account by number after a failed read, ms: each attempt would delay a message.
 */
const RETRY_AFTER_MS = 600_000;

/** A client for IAM with one short attempt, because a message must not wait for a name. */
export function aliasClient(settings: ClientSettings): IAMClient {
  return new IAMClient(oneAttempt(settings, { connectionTimeout: 1000, requestTimeout: 2000 }));
}

/** The alias of the account, or `''`. An account has at most one. */
async function readAlias(iam: Pick<IAMClient, 'send'>): Promise<string> {
  const { AccountAliases = [] } = await call('ListAccountAliases', iam.send(new ListAccountAliasesCommand({})));
  return AccountAliases[0] ?? '';
}

/**
 * The account's alias, read once for each container. A failed read goes to the log, and messages go out
 * without the alias.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
 */
export function accountAlias(
  iam: Pick<IAMClient, 'send'>,
  clock: Pick<Clock, 'now'>,
  journal: (entry: CellLogEntry) => void,
): AccountAlias {
  let known: Promise<string> | undefined;
  let quietUntil = 0;
  const failed = (error: unknown): undefined => {
    if (!(error instanceof CallFailed)) throw error;
    known = undefined;
    quietUntil = clock.now() + RETRY_AFTER_MS;
    journal({ what: 'alias-unread', fault: error });
  };
  return {
    alias: async () => {
      if (clock.now() < quietUntil) return undefined;
      known ??= readAlias(iam);
      try {
        return (await known) || undefined;
      } catch (error) {
        return failed(error);
      }
    },
  };
}
