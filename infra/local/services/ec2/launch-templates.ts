import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { LaunchTemplateRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, missingParameter, required } from '../../state/operation.ts';
import { pageOf } from '../listing.ts';
import { LAUNCH_TEMPLATE, newResourceId, requireResource } from './resources.ts';
import { specifiedTags } from './tags.ts';

function describedVersion(
  { id, name, versions, defaultVersion }: LaunchTemplateRecord,
  number: number,
): LaunchTemplateVersion {
  const { TagSpecifications: _tags, ...data } = versions[number - 1] ?? {};
  return {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    VersionNumber: number,
    DefaultVersion: number === defaultVersion,
    LaunchTemplateData: {
      ...(data.ImageId === undefined ? {} : { ImageId: data.ImageId }),
      ...(data.InstanceType === undefined ? {} : { InstanceType: data.InstanceType }),
      SecurityGroupIds: data.SecurityGroupIds ?? [],
      SecurityGroups: data.SecurityGroups ?? [],
      NetworkInterfaces: (data.NetworkInterfaces ?? []).map(({ DeviceIndex, SubnetId, Groups }) => ({
        DeviceIndex,
        SubnetId,
        Groups,
      })),
    },
  };
}

/**
 * CreateLaunchTemplate, with its first version. Throws InvalidLaunchTemplateName.AlreadyExistsException,
 * MissingParameter.
 */
export function createLaunchTemplate(region: Region, input: CreateLaunchTemplateRequest): CreateLaunchTemplateResult {
  const name = required(input.LaunchTemplateName, 'launchTemplateName');
  const data = required(input.LaunchTemplateData, 'launchTemplateData');
  if ([...region.launchTemplates.values()].some((template) => template.name === name)) {
    throw new AwsError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
  }
  const tags = specifiedTags(input.TagSpecifications, 'launch-template');
  const template = { id: newResourceId(region.account.random, 'lt'), name, versions: [data], defaultVersion: 1 };
  region.launchTemplates.set(template.id, template);
  region.tags.set(template.id, tags);
  return {
    LaunchTemplate: {
      LaunchTemplateId: template.id,
      LaunchTemplateName: name,
      DefaultVersionNumber: 1,
      LatestVersionNumber: 1,
    },
  };
}

/**
 * CreateLaunchTemplateVersion. The default version stays the same. Throws InvalidLaunchTemplateId.NotFound,
 * MissingParameter.
 */
export function createLaunchTemplateVersion(
  region: Region,
  input: CreateLaunchTemplateVersionRequest,
): CreateLaunchTemplateVersionResult {
  const template = requireResource(region, LAUNCH_TEMPLATE, required(input.LaunchTemplateId, 'launchTemplateId'));
  const versions = [...template.versions, required(input.LaunchTemplateData, 'launchTemplateData')];
  const next = { ...template, versions };
  region.launchTemplates.set(template.id, next);
  return { LaunchTemplateVersion: describedVersion(next, versions.length) };
}

function numbersOf({ versions, defaultVersion }: LaunchTemplateRecord, stated: readonly string[]): readonly number[] {
  const numbers = stated.map((version) =>
    version === '$Latest' ? versions.length : version === '$Default' ? defaultVersion : Number(version),
  );
  return stated.length === 0 ? versions.map((_, index) => index + 1) : [...new Set(numbers)];
}

/**
 * The template with the id. Without an id, all templates; a call can then ask for their latest and default
 * versions only.
 */
function templatesFor(region: Region, id: string | undefined, stated: readonly string[]) {
  if (id !== undefined) return [requireResource(region, LAUNCH_TEMPLATE, id)];
  if (stated.length === 0) throw missingParameter('launchTemplateId');
  if (stated.every((version) => version === '$Latest' || version === '$Default')) {
    return [...region.launchTemplates.values()];
  }
  throw invalidParameter('Without a launch template, only the versions $Latest and $Default can be described');
}

/**
 * DescribeLaunchTemplateVersions: of one template, or the latest and default versions of all. Throws
 * MissingParameter, InvalidParameterValue, InvalidLaunchTemplateId.NotFound.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html
 */
export function describeLaunchTemplateVersions(
  region: Region,
  input: DescribeLaunchTemplateVersionsRequest,
): DescribeLaunchTemplateVersionsResult {
  const { LaunchTemplateId: id, Versions: stated = [] } = input;
  const found = templatesFor(region, id, stated).flatMap((template) =>
    numbersOf(template, stated).map((number) => describedVersion(template, number)),
  );
  const { items, next } = pageOf(found, input, { min: 1, max: 200, defaultSize: 200 });
  return { LaunchTemplateVersions: [...items], ...next };
}
