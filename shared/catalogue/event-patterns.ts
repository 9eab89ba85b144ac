import { CONTROLS } from '../controls/registry.ts';
import { EXEMPT_REASON_TAG, EXEMPT_UNTIL_TAG } from '../domain/exemption.ts';
import {
  type CallTable,
  CLOUDTRAIL_CALLS,
  type CloudTrailCall,
  type TagSelection,
} from '../events/cloudtrail/calls.ts';

/**
 * An EventBridge pattern over CloudTrail's records of API calls.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export type EventPattern = {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: {
    readonly eventSource: readonly string[];
    readonly eventName: readonly string[];
    readonly errorCode: readonly [{ readonly exists: false }];
    readonly requestParameters?: Readonly<Record<string, unknown>>;
  };
};

/** Triggers that some control reacts to. */
const watched: ReadonlySet<string> = new Set(CONTROLS.flatMap((control) => control.on));

/** Conditions on the keys of a tag call's tags. In a list of objects, EventBridge compares each object. */
const TAG_KEYS: Readonly<Record<TagSelection, readonly unknown[]>> = {
  'exemption-tags': [EXEMPT_UNTIL_TAG, EXEMPT_REASON_TAG],
  'all-tags-deleted': [{ exists: false }],
};

/**
 * The event patterns of a table of calls, by rule name: one for each service, and one for each selection of
 * tag calls. Calls with a trigger that no control reacts to are left out. Failed calls changed nothing and
 * are left out, too. The patterns do not exclude any caller: events of users and of root have no session
 * issuer, and the ledger identifies Portcullis's own changes.
 */
export function eventPatterns(table: CallTable): Readonly<Record<string, EventPattern>> {
  const services = Object.entries(table);
  return Object.fromEntries([
    ...services.flatMap(([service, calls]) => patternFor(service, 'changes', calls, isWatched)),
    ...Object.entries(TAG_KEYS).flatMap(([selection, key]) =>
      services.flatMap(([service, calls]) =>
        patternFor(service, selection, calls, (call) => isSelected(call, selection), {
          resourcesSet: { items: { resourceId: [{ prefix: 'sg-' }, { prefix: 'sgr-' }] } },
          tagSet: { items: { key } },
        }),
      ),
    ),
  ]);
}

/** The patterns of the calls that Portcullis handles. */
export const EVENT_PATTERNS = eventPatterns(CLOUDTRAIL_CALLS);

function isWatched({ trigger }: CloudTrailCall): boolean {
  return trigger !== 'tagged' && watched.has(trigger);
}

function isSelected(call: CloudTrailCall, selection: string): boolean {
  return call.trigger === 'tagged' && call.selects.some((one) => one === selection);
}

/** A rule's name and its pattern; nothing if no call of the service is wanted. */
function patternFor(
  service: string,
  what: string,
  calls: CallTable[string],
  isWanted: (call: CloudTrailCall) => boolean,
  requestParameters?: EventPattern['detail']['requestParameters'],
): readonly (readonly [rule: string, pattern: EventPattern])[] {
  const eventName = Object.entries(calls).flatMap(([name, call]) => (isWanted(call) ? [name] : []));
  if (eventName.length === 0) return [];
  // EventBridge requires the source. `ec2.amazonaws.com` sends its events as `aws.ec2`.
  const name = service.replace('.amazonaws.com', '');
  const detail = { eventSource: [service], eventName, errorCode: [{ exists: false }] as const };
  return [
    [
      `${name}-${what}`,
      {
        source: [`aws.${name}`],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { ...detail, ...(requestParameters && { requestParameters }) },
      },
    ],
  ];
}

/**
 * A pattern limited to some regions. The bus may have events of other regions, because the forwarders of all
 * cells with one home region send to the same bus, and a cell must not change groups in a region that it does
 * not guard.
 *
 * @param regions names, or references of a template.
 */
export function ofRegions<Region>(pattern: EventPattern, regions: readonly Region[]) {
  return { ...pattern, detail: { ...pattern.detail, awsRegion: [...regions] } };
}
