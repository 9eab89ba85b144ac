import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Group, RuleContent, Source } from '../../shared/domain/group.ts';
import { readCloudTrail } from '../../shared/events/cloudtrail/cloudtrail.ts';
import { openRecord, partOf } from '../../shared/events/cloudtrail/record.ts';
import { requestContents } from '../../shared/events/cloudtrail/rules.ts';
import { readConfigEvent } from '../../shared/events/config.ts';
import { readGroups } from '../../shared/events/describe/descriptions.ts';

/** A rule in the flat form of the cases. */
interface Row {
  readonly direction: 'ingress' | 'egress';
  readonly protocol: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly cidr?: string;
  readonly source?: string;
}

/** An input with the expected answer of its source. */
export interface SharedCase {
  readonly name: string;
  readonly source: string;
  readonly kind: string;
  readonly input: unknown;
  readonly expected: {
    readonly basis: string;
    readonly check: string;
    readonly check_type: string;
    readonly finding: boolean | null;
    readonly ports?: readonly number[];
    readonly protocols?: readonly string[];
    readonly agrees_with_network_semantics?: boolean | null;
  };
  readonly derived: { readonly rows?: readonly Row[]; readonly group_name?: string };
}

const FOLDER = new URL('../../../shared/cases/', import.meta.url);

/** The kinds of input that Portcullis can parse. */
export const READ: readonly string[] = [
  'cloudtrail',
  'describe-security-groups',
  'describe-security-group-rules',
  'ip-permissions',
  'config-item',
];

/** All cases; empty if the folder does not exist. */
export function sharedCases(): readonly SharedCase[] {
  return existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((file) => file.endsWith('.json'))
        .flatMap((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as SharedCase[])
    : [];
}

const ID = 'sg-0c0ffee0c0ffee000';

function groupOf(rules: readonly RuleContent[], name = 'web'): Group {
  return {
    id: ID,
    name,
    tags: {},
    rules: rules.map((rule) => ({ groupId: ID, ...rule })),
  };
}

function broughtBy(input: unknown): readonly RuleContent[] {
  const reading = readCloudTrail(input);
  return reading.kind === 'change' && reading.change.added.kind === 'rules' ? reading.change.added.contents : [];
}

/** Some events name a group with an impossible id. Their rules are parsed anyway. */
function requestedBy(input: unknown): readonly RuleContent[] {
  return requestContents(partOf(openRecord(input), 'requestParameters'), 'ingress');
}

/** The groups that the parsers of this project read from an input. */
export function readCase({ kind, input, name }: SharedCase): readonly Group[] {
  switch (kind) {
    case 'cloudtrail':
      return [groupOf(name.startsWith('streamalert/ingress-anywhere-') ? requestedBy(input) : broughtBy(input))];
    case 'config-item': {
      const reading = readConfigEvent(input);
      return reading.kind === 'group' ? [reading.group] : [];
    }
    default: {
      const { groups, errors } = readGroups(input, name);
      if (errors.length > 0) throw new Error(errors.join('; '));
      return groups;
    }
  }
}

/**
 * A row of a template can have several CIDRs in one text, or a reference to an unknown parameter.
 */
function sourcesOf({ cidr, source = '' }: Row): readonly Source[] {
  if (cidr === undefined) return [{ kind: 'group', groupId: source }];
  const texts = cidr.match(/[\da-f.:]+\/\d+/gi) ?? [];
  return texts.map((text) => ({ kind: text.includes(':') ? 'ipv6' : 'ipv4', cidr: text }));
}

/**
 * The group from the flat rows of a case, for kinds of input without a parser.
 */
export function derivedCase({ derived }: SharedCase): readonly Group[] {
  const rules = (derived.rows ?? []).flatMap((row) =>
    sourcesOf(row).map((source) => ({
      direction: row.direction,
      protocol: row.protocol === 'all' ? '-1' : row.protocol,
      fromPort: row.from ?? -1,
      toPort: row.to ?? -1,
      source,
    })),
  );
  return [groupOf(rules, derived.group_name)];
}
