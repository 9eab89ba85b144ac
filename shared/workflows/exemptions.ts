import { CONTROLS } from '../controls/registry.ts';
import { CANARY_CONTROL } from '../domain/canary.ts';
import type { Scope } from '../domain/change.ts';
import type { Command, CommandResult, RequestedScope } from '../domain/command.ts';
import { type Exemption, type ExemptionScope, MOST_PORT_RANGES } from '../domain/exemption.ts';
import type { Group } from '../domain/group.ts';
import { truncate } from '../network/format.ts';
import { unionPorts } from '../network/ports.ts';
import { contentKey } from '../network/rule-key.ts';
import { isSameRequest, requestedNow } from '../remediation/requested-by.ts';
import type { GrantCell } from './common/cell.ts';
import { fetchAfterExemptions, recordExemption } from './common/exemptions.ts';
import { checkOwnChangeIn, type OwnChangeCheck } from './common/own-changes.ts';
import { reexamineGroup } from './common/reexamine.ts';
import {
  afterDays,
  daysProblems,
  MOST_SHOWN,
  reasonProblems,
  refuse,
  termsOf,
  termsProblems,
} from './common/refuse.ts';

/** An exemption of the ledger, or why it cannot be changed. Throws CallFailed. */
async function knownExemption(
  id: string,
  { policy, ports }: GrantCell,
): Promise<{ readonly exemption: Exemption } | { readonly refusal: CommandResult }> {
  const exemption = await ports.exemptions.find(id);
  const isKnown = exemption !== undefined && exemption.at < exemption.until && exemption.provisional === undefined;
  if (isKnown) return { exemption };
  const isWritten = policy.exemptions.some((one) => one.id === id);
  return {
    refusal: refuse(
      isWritten
        ? `${id} stands in the policy file: change it there, and deploy`
        : `there is no exemption ${truncate(JSON.stringify(id), MOST_SHOWN)}: the list of exemptions has their ids`,
    ),
  };
}

/** A scope as the ledger has it, with its group if it names one; or what is wrong with it. */
type Resolved =
  | { readonly kind: 'resolved'; readonly scope: ExemptionScope; readonly group?: Group }
  | { readonly kind: 'wrong'; readonly because: readonly string[] };

function wrong(...because: readonly string[]): Resolved {
  return { kind: 'wrong', because };
}

const NOTHING = 'an exemption names at least one of: a group, a rule, ports, a control';

function placeProblems({ groupId, ruleId, allGroups, ports, control }: RequestedScope): readonly string[] {
  if ([groupId, ruleId, ports, control].every((part) => part === undefined)) return [NOTHING];
  const isPlaced = groupId !== undefined || ruleId !== undefined;
  if (!isPlaced && allGroups === undefined)
    return ['without a group or a rule it would be an exemption of every group: name one, or say --all-groups'];
  return isPlaced && allGroups === true ? ['it names a group or a rule, and every group: say one of them'] : [];
}

function portProblems({ ports }: RequestedScope): readonly string[] {
  if (ports === undefined) return [];
  const ranges = ports.tcp.length + ports.udp.length;
  if (ranges === 0) return ['no port is named: give at least one, such as tcp/22'];
  return ranges > MOST_PORT_RANGES
    ? [
        `${ranges} separate ranges of ports: an exemption has ${MOST_PORT_RANGES} at most; name wider ranges or a control`,
      ]
    : [];
}

function controlProblems({ control }: RequestedScope): readonly string[] {
  if (control === CANARY_CONTROL)
    return ['the canary is never exempt: to switch it off, write `canary: off` in the policy'];
  return control === undefined || CONTROLS.some(({ id }) => id === control)
    ? []
    : [`${truncate(JSON.stringify(control), MOST_SHOWN)} is not a control`];
}

/** What is wrong with a scope as requested. */
function scopeProblems(scope: RequestedScope): readonly string[] {
  return [...placeProblems(scope), ...portProblems(scope), ...controlProblems(scope)];
}

function groupScope({ groupId, ruleId }: RequestedScope): Scope | undefined {
  if (ruleId !== undefined) return { by: 'rule-id', ids: [ruleId] };
  return groupId === undefined ? undefined : { by: 'group-id', ids: [groupId] };
}

function inGroup(requested: RequestedScope, group: Group): Resolved {
  const { ruleId, groupId, allGroups: _, ...rest } = requested;
  if (groupId !== undefined && groupId !== group.id)
    return wrong(`${ruleId} is a rule of ${group.id}, not of ${groupId}`);
  if (ruleId === undefined) return { kind: 'resolved', scope: { ...rest, groupId: group.id }, group };
  const rule = group.rules.find(({ id }) => id === ruleId);
  if (rule === undefined) return wrong(`${ruleId} is gone`);
  return { kind: 'resolved', scope: { ...rest, groupId: group.id, content: contentKey(rule) }, group };
}

/**
 * The requested scope with sorted port ranges, and with the rule's content instead of its id, so that the
 * exemption does not cover the rule after a modification. Throws CallFailed.
 */
async function resolveScope(requested: RequestedScope, region: string, { ports }: GrantCell): Promise<Resolved> {
  const scope = { ...requested, ...(requested.ports && { ports: unionPorts([requested.ports]) }) };
  const problems = scopeProblems(scope);
  if (problems.length > 0) return wrong(...problems);
  const place = groupScope(scope);
  if (place === undefined) {
    const { allGroups: _, ...everywhere } = scope;
    return { kind: 'resolved', scope: everywhere };
  }
  const { groups } = await ports.region(region).groups.fetchSnapshot(place, new Set());
  const [groupSnapshot] = groups;
  if (groupSnapshot === undefined)
    return wrong(`there is no ${scope.ruleId ?? scope.groupId} in ${region}: is it another region's?`);
  return inGroup(scope, groupSnapshot.group);
}

/** A request for an exemption. */
export type Exempt = Extract<Command, { do: 'exempt' }>;

function exemptionPlace({ group }: Extract<Resolved, { kind: 'resolved' }>, region: string): Pick<Exemption, 'place'> {
  return group?.ownerId === undefined ? {} : { place: { account: group.ownerId, region } };
}

/** Records an exemption for 1 to 90 days from now, and notifies people. Throws CallFailed. */
export async function exempt(command: Exempt, cell: GrantCell): Promise<CommandResult> {
  const problems = termsProblems(command.terms, command.reason, command.scope.allGroups ? {} : undefined);
  if (problems.length > 0) return refuse(...problems);
  const resolved = await resolveScope(command.scope, command.region, cell);
  if (resolved.kind === 'wrong') return refuse(...resolved.because);
  const own = await checkOwnChangeIn(command.by, resolved.scope, resolved.group, cell);
  if (own.kind === 'refused') return own.result;
  const asked = { ...requestedNow(command, cell.ports.clock), ...own.mark };
  const place = exemptionPlace(resolved, command.region);
  const wanted = { ...asked, ...termsOf(command.terms, asked.at), ...place, scope: resolved.scope };
  return { kind: 'exempted', ...(await recordExemption(wanted, cell)) };
}

/** A request to renew an exemption. */
export type Renew = Extract<Command, { do: 'renew' }>;

function over({ id, until, ended }: Exemption, now: number): string | undefined {
  if (ended !== undefined) return `${id} was ended by ${ended.by.name} (${ended.reason}): ask for a new one`;
  return until <= now ? `${id} ran out on ${new Date(until).toISOString()}: ask for a new one` : undefined;
}

/** Checks the rules that the exemption covers in the group as it is now. Throws CallFailed. */
async function ownChangeOn({ scope, place }: Exemption, { by }: Renew, cell: GrantCell): Promise<OwnChangeCheck> {
  if (scope.groupId === undefined || place === undefined) return { kind: 'allowed', mark: {} };
  const look = { by: 'group-id', ids: [scope.groupId] } as const;
  const { groups } = await cell.ports.region(place.region).groups.fetchSnapshot(look, new Set());
  return await checkOwnChangeIn(by, scope, groups[0]?.group, cell);
}

/** Extends an exemption to 1 to 90 days from now, and notifies people. Throws CallFailed. */
export async function renew(command: Renew, cell: GrantCell): Promise<CommandResult> {
  const { exemptions, notifier, clock } = cell.ports;
  const known = await knownExemption(command.id, cell);
  if ('refusal' in known) return known.refusal;
  const problems = [...daysProblems(command.days, known.exemption.scope), ...reasonProblems(command.reason)];
  if (problems.length > 0) return refuse(...problems);
  const own = await ownChangeOn(known.exemption, command, cell);
  if (own.kind === 'refused') return own.result;
  const asked = { ...requestedNow(command, clock), ...own.mark };
  const objection = over(known.exemption, asked.at);
  if (objection !== undefined) return refuse(objection);
  const { warnedAt: _, ...before } = known.exemption;
  const last = before.renewed?.at(-1);
  const isRenewed =
    last !== undefined && isSameRequest(last, asked) && before.until === afterDays(last.at, command.days);
  const renewed = { ...before, until: afterDays(asked.at, command.days), renewed: [...(before.renewed ?? []), asked] };
  const exemption = isRenewed ? before : renewed;
  await exemptions.put(exemption);
  const after = await fetchAfterExemptions([exemption], cell);
  const id = `renewed ${exemption.id} ${exemption.until}`;
  await notifier.notify({ id, what: 'exempted', exemption, ...after });
  return { kind: 'renewed', exemption, ...after };
}

/** A request to end an exemption. */
export type EndExemption = Extract<Command, { do: 'end-exemption' }>;

/**
 * Ends an exemption, requests a new evaluation of its group, and notifies people. The first end stands.
 * Throws CallFailed.
 */
export async function endExemption(command: EndExemption, cell: GrantCell): Promise<CommandResult> {
  const { exemptions, notifier, clock } = cell.ports;
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const known = await knownExemption(command.id, cell);
  if ('refusal' in known) return known.refusal;
  const asked = requestedNow(command, clock);
  const { ended } = known.exemption;
  const exemption: Exemption = { ...known.exemption, ended: ended ?? asked };
  if (ended !== undefined && !isSameRequest(ended, asked)) return { kind: 'ended', exemption };
  await exemptions.put(exemption);
  await reexamineGroup(exemption, cell);
  const after = await fetchAfterExemptions([exemption], cell);
  await notifier.notify({ id: `ended ${exemption.id}`, what: 'exemption-ended', exemption, ...after });
  return { kind: 'ended', exemption, ...after };
}
