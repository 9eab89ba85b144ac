import type { GroupPage, Networks } from '../../../shared/domain/ec2.ts';
import { CallFailed } from '../../../shared/domain/errors.ts';
import type { Attachment, Group, Rule } from '../../../shared/domain/group.ts';
import type { SweepRequest } from '../../../shared/domain/invocations.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { sweepChange } from '../../../shared/events/requests/internal-request.ts';
import type { SweepCell } from '../../../shared/workflows/sweep/cell.ts';
import { sweep } from '../../../shared/workflows/sweep/sweep.ts';
import { world } from '../grants/world.ts';

const ACCOUNT = '111122223333';

/** A sweep as the schedule asks for it. */
export const SWEEP: SweepRequest = { do: 'sweep', digest: false };

/** Limits that hold nothing up, where they are not what a test is about. */
export const UNLIMITED: Pick<Policy, 'budget'> = { budget: { removalsPerHour: 10_000, sweepShare: 1 } };

/** A group of that number with these rules. */
export function groupNo(number: number, rules: readonly Rule[], more: Partial<Group> = {}): Group {
  const id = `sg-${number.toString(16).padStart(17, '0')}`;
  return {
    id,
    name: `service-${number}`,
    vpcId: 'vpc-00000000000000001',
    tags: {},
    ...more,
    rules: rules.map((rule) => ({ ...rule, groupId: id })),
  };
}

function withoutId({ id: _id, ...rule }: Rule): Rule {
  return rule;
}

interface Options {
  /** Groups as they were recorded long ago; default: as they are. */
  readonly recorded?: readonly Group[];
  readonly pageSize?: number;
  /** Milliseconds left at each question. Default: always enough. */
  readonly remainingMs?: () => number;
  readonly regions?: readonly string[];
  /** Calls of the census that fail, by their number from 1, with their error. */
  readonly faults?: Readonly<Record<number, Error>>;
  readonly doubtful?: readonly string[];
  /** CIDR blocks of the VPCs. Default: none is listed. */
  readonly cidrs?: Networks['cidrs'];
  /** Interfaces by group. Default: none. */
  readonly attachments?: Readonly<Record<string, readonly Attachment[]>>;
}

/** An account in memory that is swept, with the function that closes and its ledger behind the requests. */
export function swept(groups: readonly Group[], policy: Policy, options: Options = {}) {
  const { pageSize = 1000, remainingMs = () => 300_000, regions = ['eu-west-1'] } = options;
  const account = world(groups, {
    policy,
    ...(options.attachments && { attachments: options.attachments }),
    ...(options.recorded && { recorded: options.recorded }),
  });
  const pages: number[] = [];
  const requests: SweepRequest[] = [];
  const looks: { readonly ids: readonly string[]; readonly limit?: 'hold' }[] = [];
  const page = async (after?: string): Promise<GroupPage> => {
    pages.push(account.clock.at);
    const fault = options.faults?.[pages.length];
    if (fault !== undefined) throw fault;
    const from = Number(after ?? 0);
    const all = account.ec2.groups;
    return {
      groups: all.slice(from, from + pageSize).map((group) => ({ ...group, rules: group.rules.map(withoutId) })),
      doubtful: after === undefined ? (options.doubtful ?? []) : [],
      unread: [],
      ...(from + pageSize < all.length && { next: String(from + pageSize) }),
    };
  };
  const cell: SweepCell = {
    policy,
    account: ACCOUNT,
    regions,
    remainingMs,
    ports: {
      ...account.ports,
      census: () => ({ page }),
      networks: () => ({ cidrs: options.cidrs ?? (async () => new Map()) }),
      sweepQueue: { continueSweep: async (request) => void requests.push(structuredClone(request)) },
      reevaluation: {
        requestEvaluation: async (ids, _region, limit) => void looks.push({ ids, ...(limit && { limit }) }),
      },
    },
  };
  let invocations = 0;
  /** Lets on-change do what the sweep has asked for. */
  const lookAtAll = async (): Promise<void> => {
    for (const { ids, limit } of looks.splice(0)) {
      invocations += 1;
      const request = { do: 'look', groupIds: ids, region: 'eu-west-1' } as const;
      const own = { id: `look-${invocations}`, at: account.clock.at, account: ACCOUNT };
      const change = sweepChange({ ...request, ...(limit && { hold: true }) }, own);
      await account.run(change, { owner: `look-${invocations}` });
    }
  };
  const run = async (request: SweepRequest = SWEEP) => await sweep(request, cell);
  return { ...account, sweep: run, lookAtAll, pages, looks, requests, cell };
}

/** A call that EC2 would not answer just now. */
export function throttled() {
  return new CallFailed('DescribeSecurityGroups', 'RequestLimitExceeded', true, 'slow down');
}
