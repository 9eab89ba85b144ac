import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
} from '@aws-sdk/client-ec2';
import { invalidParameter } from './aws-error.ts';
import { type FilterTable, filtered } from './filters.ts';
import { type KnownRegion, regionsBeside, zonesOf } from './geography.ts';
import type { Region } from './region.ts';

const REGION_FILTERS: FilterTable<KnownRegion> = {
  endpoint: ({ endpoint }) => [endpoint],
  'opt-in-status': ({ optInStatus }) => [optInStatus],
  'region-name': ({ name }) => [name],
};

/**
 * DescribeRegions: the regions that are enabled in the account, or all of the partition. Throws InvalidParameterValue for an unknown name.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
 */
export function describeRegions(region: Region, input: DescribeRegionsRequest): DescribeRegionsResult {
  const all = regionsBeside(region.name);
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

function present(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

const ZONE_FILTERS: FilterTable<AvailabilityZone> = {
  'group-name': ({ GroupName }) => present(GroupName),
  message: () => [],
  'opt-in-status': ({ OptInStatus }) => present(OptInStatus),
  'parent-zone-id': () => [],
  'parent-zone-name': () => [],
  'region-name': ({ RegionName }) => present(RegionName),
  state: ({ State }) => present(State),
  'zone-id': ({ ZoneId }) => present(ZoneId),
  'zone-name': ({ ZoneName }) => present(ZoneName),
  'zone-type': ({ ZoneType }) => present(ZoneType),
};

/**
 * DescribeAvailabilityZones: the zones of the region that is called; there are no Local or Wavelength Zones. Throws InvalidParameterValue
 * for an unknown zone.
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
