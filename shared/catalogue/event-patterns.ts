import { CONTROLS } from '../controls/registry.ts';
import type { Trigger } from '../domain/change.ts';
import { EXEMPT_REASON_TAG, EXEMPT_UNTIL_TAG } from '../domain/exemption.ts';
import { SERVICE_CALLS } from '../events/cloudtrail/calls.ts';

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

const watched: ReadonlySet<string> = new Set(CONTROLS.flatMap((control) => control.on));

/** The events of `ec2.amazonaws.com` have the source `aws.ec2`. */
function shortName(service: string): string {
  return service.replace('.amazonaws.com', '');
}

function patternFor(service: string, calls: readonly string[]): EventPattern {
  return {
    source: [`aws.${shortName(service)}`],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { eventSource: [service], eventName: calls, errorCode: [{ exists: false }] },
  };
}

function watchedCalls(calls: Readonly<Record<string, Trigger>>): readonly string[] {
  return Object.entries(calls).flatMap(([call, trigger]) =>
    watched.has(trigger) && trigger !== 'tagged' ? [call] : [],
  );
}

const EC2 = 'ec2.amazonaws.com' satisfies keyof typeof SERVICE_CALLS;

/** Calls that tag groups or rules with certain keys. EventBridge matches each object of a list. */
function tagPattern(
  calls: readonly (keyof (typeof SERVICE_CALLS)[typeof EC2])[],
  key: readonly unknown[],
): EventPattern {
  const pattern = patternFor(EC2, calls);
  const requestParameters = {
    resourcesSet: { items: { resourceId: [{ prefix: 'sg-' }, { prefix: 'sgr-' }] } },
    tagSet: { items: { key } },
  };
  return { ...pattern, detail: { ...pattern.detail, requestParameters } };
}

/** Tags change often, so only exemption tags match, and DeleteTags without keys, which deletes all tags. */
const TAG_PATTERNS: Readonly<Record<string, EventPattern>> = {
  'ec2-exemption-tags': tagPattern(['CreateTags', 'DeleteTags'], [EXEMPT_UNTIL_TAG, EXEMPT_REASON_TAG]),
  'ec2-all-tags-deleted': tagPattern(['DeleteTags'], [{ exists: false }]),
};

/**
 * The patterns of the rules that invoke on-change, by rule name: for each service the calls whose trigger
 * some control names. Failed calls do not match. The caller is no part of a pattern: users and root have no
 * session issuer, and the ledger recognizes own changes.
 */
export const EVENT_PATTERNS: Readonly<Record<string, EventPattern>> = {
  ...Object.fromEntries(
    Object.entries(SERVICE_CALLS).flatMap(([service, table]) => {
      const calls = watchedCalls(table);
      return calls.length === 0 ? [] : [[`${shortName(service)}-changes`, patternFor(service, calls)]];
    }),
  ),
  ...TAG_PATTERNS,
};

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
