import { CallFailed, InputInvalid } from '../../shared/model/errors.ts';
import type { Policy } from '../../shared/model/policy.ts';
import type { Sight, Sighting } from '../../shared/model/ports.ts';
import { neededFacts } from '../../shared/pipeline/decide.ts';
import type { Arguments } from '../command.ts';
import { readAccount, sightingsOf } from '../offline/account-input.ts';
import { unknownLists } from '../offline/unknown-lists.ts';
import { readInput } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';

/** What a scan looks at. */
export interface Scanned {
  readonly sightings: readonly Sighting[];
  readonly errors: readonly string[];
  readonly region: string | null;
  /** Whether it is known which groups are in use. */
  readonly knowsInterfaces: boolean;
}

/** Groups described by files. Throws InputInvalid for a file that cannot be read at all. */
export const scanFiles = async (files: readonly string[], args: Arguments, terminal: Terminal): Promise<Scanned> => {
  const lists = args.value('prefix-lists');
  const inputs = [];
  for (const file of lists === undefined ? files : [...files, lists]) inputs.push(await readInput(file, terminal));
  const account = readAccount(inputs);
  return {
    sightings: sightingsOf(account),
    errors: [...account.errors, ...unknownLists(account.groups)],
    region: args.value('region') ?? null,
    knowsInterfaces: account.attachments !== undefined,
  };
};

/** The SDK's own words for missing credentials say nothing of files. */
const liveFault = (error: unknown): unknown =>
  error instanceof CallFailed && error.code === 'CredentialsProviderError'
    ? new InputInvalid(
        'no AWS credentials: name a FILE to read, or give --profile NAME or credentials in the environment',
        { cause: error },
      )
    : error;

const readAll = async (sights: AsyncIterable<Sight>): Promise<readonly Sight[]> => {
  try {
    return await Array.fromAsync(sights);
  } catch (error) {
    throw liveFault(error);
  }
};

/** Groups of the live account, read only. The SDK is loaded here, so that files are scanned without it. Throws CallFailed, InputInvalid. */
export const scanAccount = async (args: Arguments, policy: Policy): Promise<Scanned> => {
  const [{ accountClient }, { listGroups }] = await Promise.all([
    import('../../shared/aws/account-client.ts'),
    import('../../shared/aws/list-groups.ts'),
  ]);
  const { ec2, region } = await accountClient({ profile: args.value('profile'), region: args.value('region') });
  const sights = await readAll(listGroups(ec2, neededFacts(policy)));
  return {
    sightings: sights.flatMap(({ sightings }) => sightings),
    errors: sights.flatMap(({ unread }) => unread.map(({ message }) => message)),
    region,
    knowsInterfaces: true,
  };
};
