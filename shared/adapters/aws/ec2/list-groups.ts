import { DescribeSecurityGroupsCommand, type SecurityGroup } from '@aws-sdk/client-ec2';
import type { Need } from '../../../domain/control.ts';
import type { GroupInventory, GroupPage, Snapshot } from '../../../domain/ec2.ts';
import { CallFailed, FactUnread, InputInvalid } from '../../../domain/errors.ts';
import type { Group, Rule } from '../../../domain/group.ts';
import { groupFromSdk } from '../../../events/describe/group.ts';
import { call, chunks, FILTER_VALUES } from '../call.ts';
import { type Ec2, PAGE_SIZE } from './describe.ts';
import { type AccountWide, accountWide, type ReadFunctions, TwinIndex } from './facts/account-wide.ts';
import { type PrefixLists, readPrefixLists, withCidrs } from './prefix-lists.ts';
import { fetchSnapshot } from './snapshot.ts';

/** Pages of all groups of the account, one in memory at a time. */
async function* groupPages(ec2: Ec2): AsyncGenerator<readonly SecurityGroup[]> {
  let token: string | undefined;
  do {
    const command = new DescribeSecurityGroupsCommand({ MaxResults: PAGE_SIZE, ...(token && { NextToken: token }) });
    const answer = await call('DescribeSecurityGroups', ec2.send(command));
    yield answer.SecurityGroups ?? [];
    token = answer.NextToken;
  } while (token);
}

/** Adds a group to the index. A group that cannot be parsed has no twins; its snapshot reports the error. */
function indexGroup(index: TwinIndex, group: SecurityGroup): void {
  try {
    index.add(groupFromSdk(group));
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
  }
}

/** The ids of all groups, and what the first pass over them found. */
interface Survey {
  readonly ids: readonly string[];
  readonly wide: AccountWide;
  /** The fault that ended the list after its first page. The ids are those before it. */
  readonly broken?: CallFailed;
}

async function survey(ec2: Ec2, needs: ReadonlySet<Need>, functions: ReadFunctions): Promise<Survey> {
  const ids: string[] = [];
  const twins = needs.has('twins') ? new TwinIndex() : undefined;
  try {
    for await (const page of groupPages(ec2)) {
      ids.push(...page.flatMap((group) => group.GroupId ?? []));
      if (twins) for (const group of page) indexGroup(twins, group);
    }
  } catch (error) {
    if (!(error instanceof CallFailed) || ids.length === 0) throw error;
    return { ids, wide: accountWide(ec2, functions), broken: error };
  }
  return { ids, wide: { ...accountWide(ec2, functions), ...(twins && { twins }) } };
}

/**
 * Snapshots of every group of the account and region, 200 groups at a time. That many ids fit a filter, and
 * memory stays small in an account with tens of thousands of groups. Account-wide facts are read once. Throws
 * CallFailed.
 */
export async function* listGroups(
  ec2: Ec2,
  needs: ReadonlySet<Need>,
  functions: ReadFunctions,
): AsyncGenerator<Snapshot> {
  const { ids, wide, broken } = await survey(ec2, needs, functions);
  if (broken !== undefined) throw broken;
  for (const part of chunks(ids, FILTER_VALUES))
    yield await fetchSnapshot(ec2, { by: 'group-id', ids: part }, needs, wide);
}

/** Groups of one read in the second attempt, because a large answer may have caused a timeout. */
const RETRY_PART_SIZE = 50;

/** Unread groups that are listed by id before the rest is counted. */
const MAX_NAMED = 200;

function unreadGroups(ids: readonly string[], cause: CallFailed): FactUnread {
  const more = ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more` : '';
  return new FactUnread(`${ids.length} security groups (${ids.slice(0, MAX_NAMED).join(', ')}${more})`, cause);
}

/**
 * Reads part by part. A part that fails is put aside and the next one is read. A fault that a retry cannot
 * resolve ends the list.
 */
async function* readParts(
  parts: readonly (readonly string[])[],
  lookAt: (ids: readonly string[]) => Promise<Snapshot>,
  putAside: (ids: readonly string[], error: CallFailed) => void,
): AsyncGenerator<Snapshot> {
  for (const [index, ids] of parts.entries()) {
    try {
      yield await lookAt(ids);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      putAside(error.retryable ? ids : parts.slice(index).flat(), error);
      if (!error.retryable) return;
    }
  }
}

/**
 * As `listGroups`, for a person who reads the result. A part that cannot be read gets a second attempt at the
 * end, in smaller parts. What still cannot be read is listed in `unread`. Throws CallFailed if the first page
 * of the list cannot be read.
 */
export async function* listReadableGroups(
  ec2: Ec2,
  needs: ReadonlySet<Need>,
  functions: ReadFunctions,
): AsyncGenerator<Snapshot> {
  const { ids, wide, broken } = await survey(ec2, needs, functions);
  const lookAt = async (part: readonly string[]) =>
    await fetchSnapshot(ec2, { by: 'group-id', ids: part }, needs, wide);
  const again: string[] = [];
  const unread: FactUnread[] =
    broken === undefined ? [] : [new FactUnread(`the security groups after the first ${ids.length}`, broken)];
  yield* readParts(chunks(ids, FILTER_VALUES), lookAt, (part, error) => {
    if (error.retryable) again.push(...part);
    else unread.push(unreadGroups(part, error));
  });
  yield* readParts(
    chunks(again, RETRY_PART_SIZE),
    lookAt,
    (part, error) => void unread.push(unreadGroups(part, error)),
  );
  if (unread.length > 0) yield { groups: [], unread };
}

/** Parses groups. `doubtful` has the ids of those that cannot be parsed. */
function parseGroups(described: readonly SecurityGroup[]): Pick<GroupPage, 'groups' | 'doubtful'> {
  const groups: Group[] = [];
  const doubtful: string[] = [];
  for (const group of described) {
    try {
      groups.push(groupFromSdk(group));
    } catch (error) {
      if (!(error instanceof InputInvalid)) throw error;
      doubtful.push(group.GroupId ?? '');
    }
  }
  return { groups, doubtful };
}

/** Reads each prefix list once, whichever page names it first. A failed read is not repeated. */
function prefixListReader(ec2: Ec2) {
  const cidrs = new Map<string, readonly string[]>();
  const asked = new Set<string>();
  return async (rules: readonly Rule[]): Promise<PrefixLists> => {
    const unknown = rules.filter(({ source }) => source.kind === 'prefix-list' && !asked.has(source.id));
    const none: readonly FactUnread[] = [];
    if (unknown.length === 0) return { cidrs, states: [], unread: none };
    for (const { source } of unknown) if (source.kind === 'prefix-list') asked.add(source.id);
    const read = await readPrefixLists(ec2, unknown);
    for (const [id, found] of read.cidrs) cidrs.set(id, found);
    return { ...read, cidrs };
  };
}

function isUnresolved({ source }: Rule): boolean {
  return source.kind === 'prefix-list' && source.cidrs === undefined;
}

/**
 * All groups of the client's account and region, 1,000 in a call, with their rules but without rule ids:
 * enough to evaluate them without a call for the rules.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
 */
export function census(ec2: Ec2): GroupInventory {
  const readLists = prefixListReader(ec2);
  return {
    async page(after) {
      const command = new DescribeSecurityGroupsCommand({ MaxResults: PAGE_SIZE, ...(after && { NextToken: after }) });
      const answer = await call('DescribeSecurityGroups', ec2.send(command));
      const { groups, doubtful } = parseGroups(answer.SecurityGroups ?? []);
      const lists = await readLists(groups.flatMap(({ rules }) => rules));
      const resolved = groups.map((group) => ({ ...group, rules: group.rules.map((rule) => withCidrs(rule, lists)) }));
      const unresolved = resolved.filter(({ rules }) => rules.some(isUnresolved)).map(({ id }) => id);
      return {
        groups: resolved,
        doubtful: [...doubtful, ...unresolved],
        unread: lists.unread,
        ...(answer.NextToken && { next: answer.NextToken }),
      };
    },
  };
}
