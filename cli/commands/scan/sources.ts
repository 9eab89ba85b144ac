import { tierSource } from '../../../shared/controls/tier-source.ts';
import type { Need } from '../../../shared/domain/control.ts';
import type { TierOptions } from '../../../shared/domain/control-options.ts';
import type { Snapshot } from '../../../shared/domain/ec2.ts';
import { CallFailed, InputInvalid } from '../../../shared/domain/errors.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { Environment } from '../../../shared/domain/runtime.ts';
import { neededFacts } from '../../../shared/remediation/decide/enabled-controls.ts';
import { connectionReason, credentialsDetail } from '../../aws-failure.ts';
import type { Arguments } from '../../command.ts';
import type { WantedFacts } from '../../input/account-index.ts';
import { type GroupBatch, readFiles } from '../../input/group-files.ts';
import type { Terminal } from '../../terminal.ts';

/** What a policy's controls want to know in a sweep. Of a group that rules name they look at no tag but the one that tells its layer. */
export function wantedBy(policy: Policy): WantedFacts {
  const { tiers }: Partial<TierOptions> = policy.controls[tierSource.id] ?? {};
  return { needs: neededFacts(policy, 'sweep'), peerTags: new Set(tiers === undefined ? [] : [tiers.tag]) };
}

/** What a scan looks at, part by part. */
export interface ScanSource {
  readonly region: string | null;
  readonly batches: AsyncIterable<GroupBatch>;
  /** `files`: a fact that is missing is one that they do not tell. `account`: it could not be read, which is among the errors. */
  readonly from: 'files' | 'account';
}

/** Groups described by files. The parts throw InputInvalid for a file that cannot be read at all. */
export function fileSource(
  files: readonly string[],
  args: Arguments,
  wanted: WantedFacts,
  terminal: Terminal,
): ScanSource {
  const lists = args.value('prefix-lists');
  const parts = readFiles(lists === undefined ? files : [...files, lists], wanted, terminal);
  return { region: args.value('region') ?? null, batches: parts, from: 'files' };
}

/** A call that failed, with the way out. */
function explainLiveFailure(error: unknown, environment: Environment): unknown {
  if (!(error instanceof CallFailed)) return error;
  const unconnected = connectionReason(error, environment);
  if (unconnected !== undefined) return new InputInvalid(unconnected, { cause: error });
  if (error.code !== 'CredentialsProviderError') return error;
  return new InputInvalid(
    `no AWS credentials${credentialsDetail(error)}: name a FILE to read, or give --profile NAME or credentials in the environment`,
    { cause: error },
  );
}

async function* batchesOf(sights: AsyncIterable<Snapshot>, environment: Environment): AsyncGenerator<GroupBatch> {
  yield { sightings: [], errors: [], confirmsNoGroups: true };
  try {
    for await (const { groups: sightings, unread } of sights)
      yield { sightings, errors: unread.map(({ message }) => message) };
  } catch (error) {
    throw explainLiveFailure(error, environment);
  }
}

/**
 * Groups of the live account, read only. The SDK is loaded here, so that files are scanned without it. Throws InputInvalid where no
 * region is known; the parts throw CallFailed, InputInvalid.
 */
export async function accountSource(
  args: Arguments,
  needs: ReadonlySet<Need>,
  { environment }: Terminal,
): Promise<ScanSource> {
  const [{ accountClient }, { listReadableGroups }] = await Promise.all([
    import('../../../shared/adapters/aws/clients/personal.ts'),
    import('../../../shared/adapters/aws/ec2/list-groups.ts'),
  ]);
  const choice = { profile: args.value('profile'), region: args.value('region'), environment };
  const { ec2, functions, region } = await accountClient(choice);
  const parts = batchesOf(listReadableGroups(ec2, needs, functions), environment);
  return { region, batches: parts, from: 'account' };
}
