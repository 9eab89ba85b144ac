import {
  ACTION_LEASE_MS,
  ACTION_RESULT_KEPT_MS,
  type ActionRecord,
  type ActionRequest,
  type ActionRequests,
  actionRequestId,
} from '../../../domain/action.ts';
import { ACTIONS, fitsSortKey, type ItemKey, SORT_KEYS } from './keys.ts';
import {
  bind,
  type CommonAttributes,
  deleteItem,
  existingItem,
  getItem,
  isAlive,
  type Packed,
  pack,
  putItem,
  type Table,
  ttlOf,
  unpack,
  updateItem,
} from './table.ts';

/** Action requests in the ledger's table. */
export function actionsIn(table: Table): ActionRequests {
  return bind(table, { record: putAction, find: findAction, claim: claimAction, complete: completeAction });
}

/** How long action requests are kept, ms: 400 days, as long as the remediations that they are about. */
const KEPT_MS = 400 * 86_400_000;

/**
 * The item of a request, and the item of a claim on an action of a remediation. A claim also has `holder`,
 * the id of the request that is carried out, and `heldUntil` (milliseconds since the epoch). Requests are
 * few, so all share a partition.
 */
interface ActionItem extends CommonAttributes {
  readonly request?: Packed;
  readonly result?: string;
  readonly holder?: string;
  readonly heldUntil?: number;
}

function requestKey(id: string): ItemKey {
  return { subject: ACTIONS, record: SORT_KEYS.action + id };
}

function claimKey({ remediationId, action }: ActionRequest): ItemKey {
  return { subject: ACTIONS, record: `${SORT_KEYS.action}${remediationId} ${action}` };
}

function actionRecordOf({ request, result }: ActionItem): ActionRecord {
  return { request: unpack('request', request), ...(result !== undefined && { result }) };
}

/** Records a request. One that is on record keeps its result. Throws CallFailed. */
async function putAction(table: Table, request: ActionRequest): Promise<void> {
  const expiresAt = ttlOf(request.at + KEPT_MS);
  const item = { ...requestKey(actionRequestId(request)), request: pack(request), expiresAt };
  await putItem(table, item, { condition: 'attribute_not_exists(#request)' });
}

/** A request on record; the items of claims are none. Throws CallFailed, InputInvalid. */
async function findAction(table: Table, id: string): Promise<ActionRecord | undefined> {
  const key = requestKey(id);
  if (!fitsSortKey(key.record)) return undefined;
  const item: ActionItem | undefined = await getItem(table, key);
  return item === undefined || item.holder !== undefined || !isAlive(item, table) ? undefined : actionRecordOf(item);
}

/**
 * Claims an action of a remediation for a request, or returns the request that holds the claim. Throws
 * CallFailed, InputInvalid.
 */
async function claimAction(table: Table, request: ActionRequest): Promise<ActionRecord | undefined> {
  const now = table.clock.now();
  const key = claimKey(request);
  const result = await updateItem(table, key, {
    set: {
      request: pack(request),
      holder: actionRequestId(request),
      heldUntil: now + ACTION_LEASE_MS,
      expiresAt: ttlOf(now + KEPT_MS),
    },
    remove: ['result'],
    condition: 'attribute_not_exists(#holder) OR #holder = :holder OR #heldUntil <= :now',
    values: { now },
  });
  if (result.written) return undefined;
  const holder = await existingItem(table, key, result.refusal);
  return holder && actionRecordOf(holder);
}

/**
 * Records the result of a request: first on its claim, then on the request itself, which marks it as
 * complete. `again`: another request may claim the action at once. A claim that another request holds by now
 * stays as it is. Throws CallFailed.
 */
async function completeAction(table: Table, request: ActionRequest, result: string, again: boolean): Promise<void> {
  const isHolder = { condition: '#holder = :holder', values: { holder: actionRequestId(request) } };
  const heldUntil = table.clock.now() + ACTION_RESULT_KEPT_MS;
  await (again
    ? deleteItem(table, claimKey(request), isHolder)
    : updateItem(table, claimKey(request), { set: { result, heldUntil }, ...isHolder }));
  const condition = 'attribute_exists(#request)';
  await updateItem(table, requestKey(actionRequestId(request)), { set: { result }, condition });
}
