import type { Decision } from './decision.ts';
import type { GroupIdentity, Rule, RuleContent } from './group.ts';

/** Id of the control that removes the canary's marker. */
export const CANARY_CONTROL = 'canary';

/** Tag of the group that a cell created for its canary. Its value is the name of the cell. */
export const CANARY_TAG = 'portcullis:canary';

/** The group for the marker of a cell. Nothing uses the group, and it has no other rules. */
export function canaryGroup(cell: string) {
  return {
    name: `${cell}-canary`,
    description: 'Portcullis puts a rule into it and measures how long it takes to close it. Attach it to nothing.',
    tags: { [CANARY_TAG]: cell },
  };
}

const CIDR = '192.0.2.0/24';
const PORT = 9;
const MARKER_DESCRIPTION = 'Portcullis canary, put ';

/**
 * The marker rule: the discard port, from a range that is reserved for documentation and not routed. The
 * description has the time, so that the age of the marker is known however it is removed.
 *
 * @param at milliseconds since the epoch.
 * @see https://www.rfc-editor.org/rfc/rfc5737
 */
export function markerRule(at: number): RuleContent {
  return {
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: PORT,
    toPort: PORT,
    source: { kind: 'ipv4', cidr: CIDR },
    description: `${MARKER_DESCRIPTION}${new Date(at).toISOString()}`,
  };
}

/** Whether a rule has the content of the marker. */
export function isMarker({ direction, protocol, fromPort, toPort, source }: RuleContent): boolean {
  return (
    direction === 'ingress' &&
    protocol === 'tcp' &&
    fromPort === PORT &&
    toPort === PORT &&
    source.kind === 'ipv4' &&
    source.cidr === CIDR
  );
}

/** When the marker was added, milliseconds since the epoch. Undefined if the description has no time. */
export function markerCreatedAt({ description = '' }: Pick<Rule, 'description'>): number | undefined {
  const at = description.startsWith(MARKER_DESCRIPTION)
    ? Date.parse(description.slice(MARKER_DESCRIPTION.length))
    : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Whether a group has the canary's tag. Setting the tag on another group only hides the removal of the marker
 * rule.
 */
export function hasCanaryTag({ tags }: Pick<GroupIdentity, 'tags'>): boolean {
  return Object.hasOwn(tags, CANARY_TAG);
}

/** Whether a group is the canary group of a cell, by name and tag. */
export function isCanaryGroup({ name, tags }: Pick<GroupIdentity, 'name' | 'tags'>): boolean {
  return hasCanaryTag({ tags }) && name === canaryGroup(tags[CANARY_TAG] ?? '').name;
}

/**
 * Whether a cell removes the marker in a group. Each cell removes only its own. Outside a cell, every marker
 * counts.
 */
export function closesMarkerIn({ tags }: Pick<GroupIdentity, 'tags'>, cell: string | undefined): boolean {
  return hasCanaryTag({ tags }) && (cell === undefined || tags[CANARY_TAG] === cell);
}

/**
 * Whether a decision is only about the marker. People are not notified of such a decision unless it fails.
 */
export function isAboutCanary({ findings: because }: Pick<Decision, 'findings'>): boolean {
  return because.length > 0 && because.every(({ control }) => control === CANARY_CONTROL);
}

/**
 * The age at which a marker is late. Most CloudTrail events arrive within 20 seconds, some after minutes.
 */
export const CANARY_LATE_MS = 300_000;
