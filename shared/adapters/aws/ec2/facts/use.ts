import type { Need } from '../../../../domain/controls/facts.ts';
import { FactUnread } from '../../../../domain/errors.ts';
import type { Attachment } from '../../../../domain/group.ts';
import { reachabilityOf } from '../../../../network/reachability.ts';
import { chunks, FILTER_VALUES } from '../../paging.ts';
import type { Ec2 } from '../describe.ts';
import type { AccountWide } from './account-wide.ts';
import { readAttachments } from './attachments.ts';
import { orUnread, type Telling } from './telling.ts';

type Use = readonly Attachment[] | FactUnread;

const readPart = async (ec2: Ec2, ids: readonly string[]): Promise<readonly (readonly [string, Use])[]> => {
  const read = await orUnread(`attachments of ${ids.join(', ')}`, readAttachments(ec2, ids));
  return ids.map((id) => [id, read instanceof FactUnread ? read : (read.get(id) ?? [])]);
};

/** What each group is attached to, or why that is not known. */
async function uses(ec2: Ec2, ids: readonly string[]): Promise<ReadonlyMap<string, Use>> {
  const parts = chunks(ids, FILTER_VALUES).map(async (part) => readPart(ec2, part));
  return new Map((await Promise.all(parts)).flat());
}

/**
 * Tells each group what it is attached to, which is read for either of the two, and how far the internet gets there: interfaces and
 * routes are read side by side.
 */
export async function tellUse(
  ec2: Ec2,
  ids: readonly string[],
  needs: ReadonlySet<Need>,
  wide: AccountWide,
): Promise<readonly Telling[]> {
  const routing = needs.has('reachability') ? orUnread('routes to the internet', wide.routes()) : undefined;
  const [attached, routes] = await Promise.all([uses(ec2, ids), routing]);
  const tellAttachments: Telling = ({ id }) => {
    const use = attached.get(id) ?? [];
    return use instanceof FactUnread ? use : { attachments: use };
  };
  const tellReachability: Telling = ({ id }) => {
    const use = attached.get(id) ?? [];
    if (routes === undefined) return {};
    if (use instanceof FactUnread) return use;
    if (routes instanceof FactUnread) return routes;
    return { reachability: reachabilityOf(use, routes) };
  };
  return [tellAttachments, tellReachability];
}
