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

/**
 * The facts that the controls of a policy need in a sweep. Of referenced groups they need one tag only, which
 * names the layer.
 */
export function wantedBy(policy: Policy): WantedFacts {
  const { tiers }: Partial<TierOptions> = policy.controls[tierSource.id] ?? {};
  return { needs: neededFacts(policy, 'sweep'), peerTags: new Set(tiers === undefined ? [] : [tiers.tag]) };
}

/** The groups to scan, in batches. */
export interface ScanSource {
  readonly region: string | null;
  readonly batches: AsyncIterable<GroupBatch>;
  /**
   * Why a fact can be missing. `files`: the files do not state it. `account`: it could not be read, and an
   * error says so.
   */
  readonly from: 'files' | 'account';
}

/** Groups from files. Reading a batch throws InputInvalid for a file that cannot be read at all. */
export function fileSource(
  files: readonly string[],
  args: Arguments,
  wanted: WantedFacts,
  terminal: Terminal,
): ScanSource {
  const lists = args.value('prefix-lists');
  const batches = readFiles(lists === undefined ? files : [...files, lists], wanted, terminal);
  return { region: args.value('region') ?? null, batches, from: 'files' };
}

/** Explains a failed call and what to do. */
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

async function* batchesOf(snapshots: AsyncIterable<Snapshot>, environment: Environment): AsyncGenerator<GroupBatch> {
  yield { groups: [], errors: [], confirmsNoGroups: true };
  try {
    for await (const { groups, unread } of snapshots) yield { groups, errors: unread.map(({ message }) => message) };
  } catch (error) {
    throw explainLiveFailure(error, environment);
  }
}

/**
 * Groups of the live account, read only. The SDK is loaded here, because a scan of files does not need it.
 * Throws InputInvalid if no region is known. Reading a batch throws CallFailed or InputInvalid.
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
  const batches = batchesOf(listReadableGroups(ec2, needs, functions), environment);
  return { region, batches, from: 'account' };
}
