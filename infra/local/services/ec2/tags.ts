import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import { AwsError, invalidParameter, missingParameter } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { kindOf, requireResource } from './resources.ts';

/**
 * Maximum number of tags on a resource.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
 */
const MAX_TAGS = 50;

/** A resource's tags in EC2's answers. */
export function tagsOf(region: Region, resourceId: string): Tag[] {
  return [...(region.tags.get(resourceId) ?? [])].map(([Key, Value]) => ({ Key, Value }));
}

/**
 * Checks tags before anything is stored. Throws InvalidParameterValue, MissingParameter, TagLimitExceeded.
 */
function checkTags(tags: readonly Tag[]): ReadonlyMap<string, string> {
  const checked = new Map<string, string>();
  for (const { Key, Value } of tags) {
    if (Key === undefined || Key === '') throw missingParameter('Tag.Key');
    if (Key.toLowerCase().startsWith('aws:')) {
      throw invalidParameter(`Tag keys starting with 'aws:' are reserved for internal use`);
    }
    if (Key.length > 127) throw invalidParameter(`Tag key exceeds the maximum length of 127 characters`);
    if ((Value ?? '').length > 255) throw invalidParameter('Tag value exceeds the maximum length of 255 characters');
    checked.set(Key, Value ?? '');
  }
  if (checked.size > MAX_TAGS) throw new AwsError('TagLimitExceeded', `The maximum number of tags is ${MAX_TAGS}`);
  return checked;
}

/** The tags of a create call for resources of `type`, checked. Throws the errors of `checkTags`. */
export function specifiedTags(
  specifications: readonly TagSpecification[] | undefined,
  type: string,
): ReadonlyMap<string, string> {
  for (const { ResourceType } of specifications ?? []) {
    if (ResourceType !== type) {
      throw invalidParameter(`'${ResourceType ?? ''}' is not a valid taggable resource type for this operation.`);
    }
  }
  return checkTags((specifications ?? []).flatMap(({ Tags }) => Tags ?? []));
}

/** Throws the NotFound or Malformed error of the resource's kind, and InvalidID for an unknown kind. */
function checkResource(region: Region, id: string): void {
  const kind = kindOf(id);
  if (!kind) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  requireResource(region, kind, id);
}

function checkedResources(region: Region, ids: readonly string[] | undefined): readonly string[] {
  if (!ids || ids.length === 0) throw missingParameter('resourceIdSet');
  for (const id of ids) checkResource(region, id);
  return ids;
}

/** CreateTags. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export function createTags(region: Region, input: CreateTagsRequest): { Return: boolean } {
  const ids = checkedResources(region, input.Resources);
  const added = checkTags(input.Tags ?? []);
  if (added.size === 0) throw missingParameter('tagSet');
  const next = ids.map((id) => [id, new Map([...(region.tags.get(id) ?? []), ...added])] as const);
  for (const [, tags] of next) {
    if (tags.size > MAX_TAGS) throw new AwsError('TagLimitExceeded', `The maximum number of tags is ${MAX_TAGS}`);
  }
  for (const [id, tags] of next) region.tags.set(id, tags);
  return { Return: true };
}

/**
 * DeleteTags. A tag with a value is deleted only if the value is the same. Without tags in the call, all tags
 * are deleted.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 */
export function deleteTags(region: Region, input: DeleteTagsRequest): { Return: boolean } {
  for (const id of checkedResources(region, input.Resources)) {
    const kept = [...(region.tags.get(id) ?? [])].filter(
      ([key, value]) => input.Tags && !input.Tags.some((tag) => tag.Key === key && (tag.Value ?? value) === value),
    );
    region.tags.set(id, new Map(kept));
  }
  return { Return: true };
}

/** One tag of one resource. */
interface TagRecord {
  readonly key: string;
  readonly value: string;
  readonly resourceId: string;
  readonly type: ResourceType | undefined;
}

const FILTERS: FilterTable<TagRecord> = {
  key: ({ key }) => [key],
  'resource-id': ({ resourceId }) => [resourceId],
  'resource-type': ({ type }) => (type === undefined ? [] : [type]),
  value: ({ value }) => [value],
};

/**
 * DescribeTags: one item for each tag.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html
 */
export function describeTags(region: Region, input: DescribeTagsRequest): DescribeTagsResult {
  const all = [...region.tags].flatMap(([resourceId, tags]) =>
    Array.from(tags, ([key, value]): TagRecord => ({ key, value, resourceId, type: kindOf(resourceId)?.type })),
  );
  const found = filtered(all, input.Filters, FILTERS, ({ key, value }) => new Map([[key, value]]));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return {
    Tags: items.map(({ key, value, resourceId, type }) => ({
      Key: key,
      Value: value,
      ResourceId: resourceId,
      ...(type === undefined ? {} : { ResourceType: type }),
    })),
    ...next,
  };
}
