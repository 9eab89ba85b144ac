import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import { invalidParameter } from '../../state/operation.ts';
import { type FilterTable, filtered } from '../listing.ts';

/** The regions of one partition. */
interface PartitionRegions {
  readonly dnsSuffix: string;
  /** Enabled in every account. */
  readonly standard: readonly string[];
  /** Disabled until the account opts in. */
  readonly optIn: readonly string[];
}

/** @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const PARTITIONS: readonly PartitionRegions[] = [
  {
    dnsSuffix: 'amazonaws.com',
    standard: [
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
      'ap-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'ca-central-1',
      'eu-central-1',
      'eu-north-1',
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'sa-east-1',
      'us-east-1',
      'us-east-2',
      'us-west-1',
      'us-west-2',
    ],
    optIn: [
      'af-south-1',
      'ap-east-1',
      'ap-east-2',
      'ap-south-2',
      'ap-southeast-3',
      'ap-southeast-4',
      'ap-southeast-5',
      'ap-southeast-6',
      'ap-southeast-7',
      'ca-west-1',
      'eu-central-2',
      'eu-south-1',
      'eu-south-2',
      'il-central-1',
      'me-central-1',
      'me-south-1',
      'mx-central-1',
    ],
  },
  { dnsSuffix: 'amazonaws.com.cn', standard: ['cn-north-1', 'cn-northwest-1'], optIn: [] },
  { dnsSuffix: 'amazonaws.com', standard: ['us-gov-east-1', 'us-gov-west-1'], optIn: [] },
];

/**
 * One region as DescribeRegions shows it. Only an opt-in region that the call itself goes to is `opted-in`.
 */
interface KnownRegion {
  readonly name: string;
  readonly endpoint: string;
  readonly optInStatus: 'opt-in-not-required' | 'opted-in' | 'not-opted-in';
}

/** The regions of the partition of `current`. An unknown region is a partition of its own. */
export function regionsOfPartition(current: string): readonly KnownRegion[] {
  const { dnsSuffix, standard, optIn } = PARTITIONS.find((partition) =>
    [...partition.standard, ...partition.optIn].includes(current),
  ) ?? { dnsSuffix: 'amazonaws.com', standard: [current], optIn: [] };
  const endpoint = (name: string): string => `ec2.${name}.${dnsSuffix}`;
  return [
    ...standard.map((name) => ({ name, endpoint: endpoint(name), optInStatus: 'opt-in-not-required' as const })),
    ...optIn.map((name) => ({
      name,
      endpoint: endpoint(name),
      optInStatus: name === current ? ('opted-in' as const) : ('not-opted-in' as const),
    })),
  ];
}

/** Letters of the zones of a region. Default: a, b and c. */
const ZONE_LETTERS: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'acd',
  'ap-northeast-2': 'abcd',
  'ca-central-1': 'abd',
  'us-east-1': 'abcdef',
  'us-west-1': 'ac',
  'us-west-2': 'abcd',
};

const DIRECTIONS: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
  gov: 'g',
};

/** The abbreviation of a region in zone ids: `us-east-1` → `use1`, `us-gov-west-1` → `usgw1`. */
function zoneIdPrefix(region: string): string {
  return region
    .split('-')
    .map((part) => DIRECTIONS[part] ?? part)
    .join('');
}

/** An Availability Zone. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

/**
 * The Availability Zones of a region. AWS maps names to ids differently in each account; here both are in
 * order.
 */
export function zonesOf(region: string): readonly Zone[] {
  const letters = ZONE_LETTERS[region] ?? 'abc';
  return Array.from(letters, (letter, index) => ({
    name: `${region}${letter}`,
    id: `${zoneIdPrefix(region)}-az${index + 1}`,
  }));
}

const REGION_FILTERS: FilterTable<KnownRegion> = {
  endpoint: ({ endpoint }) => [endpoint],
  'opt-in-status': ({ optInStatus }) => [optInStatus],
  'region-name': ({ name }) => [name],
};

/**
 * DescribeRegions: the enabled regions of the account, or all regions of the partition. Throws
 * InvalidParameterValue for an unknown name.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
 */
export function describeRegions(region: Region, input: DescribeRegionsRequest): DescribeRegionsResult {
  const all = regionsOfPartition(region.name);
  const names = input.RegionNames ?? [];
  const unknown = names.filter((name) => !all.some((known) => known.name === name));
  if (unknown.length > 0) throw invalidParameter(`Invalid region(s) specified: [${unknown.join(', ')}]`);
  const wanted = all.filter(({ name, optInStatus }) =>
    names.length > 0 ? names.includes(name) : input.AllRegions || optInStatus !== 'not-opted-in',
  );
  return {
    Regions: filtered(wanted, input.Filters, REGION_FILTERS).map(({ name, endpoint, optInStatus }) => ({
      RegionName: name,
      Endpoint: endpoint,
      OptInStatus: optInStatus,
    })),
  };
}

function filterValues(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

const ZONE_FILTERS: FilterTable<AvailabilityZone> = {
  'group-name': ({ GroupName }) => filterValues(GroupName),
  message: () => [],
  'opt-in-status': ({ OptInStatus }) => filterValues(OptInStatus),
  'parent-zone-id': () => [],
  'parent-zone-name': () => [],
  'region-name': ({ RegionName }) => filterValues(RegionName),
  state: ({ State }) => filterValues(State),
  'zone-id': ({ ZoneId }) => filterValues(ZoneId),
  'zone-name': ({ ZoneName }) => filterValues(ZoneName),
  'zone-type': ({ ZoneType }) => filterValues(ZoneType),
};

/**
 * DescribeAvailabilityZones: the zones of the region, without Local and Wavelength Zones. Throws
 * InvalidParameterValue for an unknown zone.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
 */
export function describeAvailabilityZones(
  region: Region,
  input: DescribeAvailabilityZonesRequest,
): DescribeAvailabilityZonesResult {
  const zones = zonesOf(region.name).map(
    ({ name, id }): AvailabilityZone => ({
      ZoneName: name,
      ZoneId: id,
      ZoneType: 'availability-zone',
      State: 'available',
      OptInStatus: 'opt-in-not-required',
      RegionName: region.name,
      GroupName: region.name,
      NetworkBorderGroup: region.name,
      Messages: [],
    }),
  );
  const [names, ids] = [input.ZoneNames ?? [], input.ZoneIds ?? []];
  const unknown = [
    ...names.filter((name) => !zones.some(({ ZoneName }) => ZoneName === name)),
    ...ids.filter((id) => !zones.some(({ ZoneId }) => ZoneId === id)),
  ];
  if (unknown.length > 0) throw invalidParameter(`Invalid availability zone: [${unknown.join(', ')}]`);
  const wanted = zones.filter(
    ({ ZoneName = '', ZoneId = '' }) =>
      names.length + ids.length === 0 || names.includes(ZoneName) || ids.includes(ZoneId),
  );
  return { AvailabilityZones: [...filtered(wanted, input.Filters, ZONE_FILTERS)] };
}
