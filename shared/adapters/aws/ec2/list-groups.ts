import { DescribeSecurityGroupsCommand, type SecurityGroup } from '@aws-sdk/client-ec2';
import type { Need } from '../../../domain/controls/facts.ts';
import { CallFailed, FactUnread, InputInvalid } from '../../../domain/errors.ts';
import type { Sight } from '../../../domain/ports.ts';
import { groupFromSdk } from '../../../events/describe/sdk.ts';
import { call } from '../call.ts';
import { chunks, FILTER_VALUES } from '../paging.ts';
import { type Ec2, PAGE_SIZE } from './describe.ts';
import { type AccountWide, accountWide, type ReadFunctions } from './facts/account-wide.ts';
import { TwinIndex } from './facts/twin-index.ts';
import { look } from './look.ts';

/** Every page of the account's groups, one in memory at a time. */
async function* groupPages(ec2: Ec2): AsyncGenerator<readonly SecurityGroup[]> {
  let token: string | undefined;
  do {
    const command = new DescribeSecurityGroupsCommand({ MaxResults: PAGE_SIZE, ...(token && { NextToken: token }) });
    const answer = await call('DescribeSecurityGroups', ec2.send(command));
    yield answer.SecurityGroups ?? [];
    token = answer.NextToken;
  } while (token);
}

/** A group that is not understood is no twin of any: the look at it says what is wrong. */
function addTo(index: TwinIndex, group: SecurityGroup): void {
  try {
    index.add(groupFromSdk(group));
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
  }
}

/** The ids of all groups, and what a first pass over them tells. */
interface Survey {
  readonly ids: readonly string[];
  readonly wide: AccountWide;
  /** What broke the list off after its first page; the ids are those before. */
  readonly broken?: CallFailed;
}

async function survey(ec2: Ec2, needs: ReadonlySet<Need>, functions: ReadFunctions): Promise<Survey> {
  const ids: string[] = [];
  const twins = needs.has('twins') ? new TwinIndex() : undefined;
  try {
    for await (const page of groupPages(ec2)) {
      ids.push(...page.flatMap((group) => group.GroupId ?? []));
      if (twins) for (const group of page) addTo(twins, group);
    }
  } catch (error) {
    if (!(error instanceof CallFailed) || ids.length === 0) throw error;
    return { ids, wide: accountWide(ec2, functions), broken: error };
  }
  return { ids, wide: { ...accountWide(ec2, functions), ...(twins && { twins }) } };
}

/**
 * Every group of the account and region, read only, 200 at a time: that many ids fit a filter, and what is held at once stays small
 * in an account with tens of thousands of groups. What is the same for all of them is read once. Throws CallFailed.
 */
export async function* listGroups(ec2: Ec2, needs: ReadonlySet<Need>, functions: ReadFunctions): AsyncGenerator<Sight> {
  const { ids, wide, broken } = await survey(ec2, needs, functions);
  if (broken !== undefined) throw broken;
  for (const part of chunks(ids, FILTER_VALUES)) yield await look(ec2, { by: 'group-id', ids: part }, needs, wide);
}

/** Groups that are read together in the second try: a large answer may be what took too long. */
const SECOND_TRY = 50;

/** Groups that are named where none could be read any more, before the rest is counted. */
const MOST_NAMED = 200;

const missing = (ids: readonly string[], cause: CallFailed): FactUnread => {
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return new FactUnread(`${ids.length} security groups (${ids.slice(0, MOST_NAMED).join(', ')}${more})`, cause);
};

/** Looks part by part. A part that fails is put aside and does not keep the next from being read; a failure for good ends it. */
async function* lookAtParts(
  parts: readonly (readonly string[])[],
  lookAt: (ids: readonly string[]) => Promise<Sight>,
  putAside: (ids: readonly string[], error: CallFailed) => void,
): AsyncGenerator<Sight> {
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
 * The same as `listGroups` for a person who reads the result: what cannot be read is tried once more at the end, in smaller parts, and then
 * named among `unread`, with the rest read. Throws CallFailed where not even the first page of the list can be read.
 */
export async function* listReadableGroups(
  ec2: Ec2,
  needs: ReadonlySet<Need>,
  functions: ReadFunctions,
): AsyncGenerator<Sight> {
  const { ids, wide, broken } = await survey(ec2, needs, functions);
  const lookAt = async (part: readonly string[]) => await look(ec2, { by: 'group-id', ids: part }, needs, wide);
  const again: string[] = [];
  const unread: FactUnread[] =
    broken === undefined ? [] : [new FactUnread(`the security groups after the first ${ids.length}`, broken)];
  yield* lookAtParts(chunks(ids, FILTER_VALUES), lookAt, (part, error) => {
    if (error.retryable) again.push(...part);
    else unread.push(missing(part, error));
  });
  yield* lookAtParts(chunks(again, SECOND_TRY), lookAt, (part, error) => void unread.push(missing(part, error)));
  if (unread.length > 0) yield { sightings: [], unread };
}
