import type { Need } from '../../shared/domain/controls/facts.ts';
import { CallFailed, InputInvalid } from '../../shared/domain/errors.ts';
import type { Environment, Sight } from '../../shared/domain/ports.ts';
import type { Arguments } from '../command.ts';
import { connectionReason, credentialsDetail } from '../connection-fault.ts';
import type { Wanted } from '../offline/account-index.ts';
import type { Terminal } from '../terminal.ts';
import { type Part, readFiles } from './files.ts';

/** What a scan looks at, part by part. */
export interface Source {
  readonly region: string | null;
  readonly parts: AsyncIterable<Part>;
  /** `files`: a fact that is missing is one that they do not tell. `account`: it could not be read, which is among the errors. */
  readonly from: 'files' | 'account';
}

/** Groups described by files. The parts throw InputInvalid for a file that cannot be read at all. */
export const fileSource = (files: readonly string[], args: Arguments, wanted: Wanted, terminal: Terminal): Source => {
  const lists = args.value('prefix-lists');
  const parts = readFiles(lists === undefined ? files : [...files, lists], wanted, terminal);
  return { region: args.value('region') ?? null, parts, from: 'files' };
};

/** A call that failed, with the way out. */
const liveFault = (error: unknown, environment: Environment): unknown => {
  if (!(error instanceof CallFailed)) return error;
  const unconnected = connectionReason(error, environment);
  if (unconnected !== undefined) return new InputInvalid(unconnected, { cause: error });
  if (error.code !== 'CredentialsProviderError') return error;
  return new InputInvalid(
    `no AWS credentials${credentialsDetail(error)}: name a FILE to read, or give --profile NAME or credentials in the environment`,
    { cause: error },
  );
};

async function* partsOf(sights: AsyncIterable<Sight>, environment: Environment): AsyncGenerator<Part> {
  yield { sightings: [], errors: [], isAnswered: true };
  try {
    for await (const { sightings, unread } of sights) yield { sightings, errors: unread.map(({ message }) => message) };
  } catch (error) {
    throw liveFault(error, environment);
  }
}

/**
 * Groups of the live account, read only. The SDK is loaded here, so that files are scanned without it. Throws InputInvalid where no
 * region is known; the parts throw CallFailed, InputInvalid.
 */
export const accountSource = async (
  args: Arguments,
  needs: ReadonlySet<Need>,
  { environment }: Terminal,
): Promise<Source> => {
  const [{ accountClient }, { listReadableGroups }] = await Promise.all([
    import('../../shared/adapters/aws/clients/account-client.ts'),
    import('../../shared/adapters/aws/ec2/list-groups.ts'),
  ]);
  const choice = { profile: args.value('profile'), region: args.value('region'), environment };
  const { ec2, functions, region } = await accountClient(choice);
  const parts = partsOf(listReadableGroups(ec2, needs, functions), environment);
  return { region, parts, from: 'account' };
};
