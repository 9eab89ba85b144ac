import type {
  FunctionConfiguration,
  ListFunctionsRequest,
  ListFunctionsResponse,
  VpcConfigResponse,
} from '@aws-sdk/client-lambda';
import { AwsError } from './aws-error.ts';
import type { Operations } from './operation.ts';
import { pageOf } from './paging.ts';
import type { FunctionRecord, VpcConfigRecord } from './records.ts';
import type { Region } from './region.ts';

/** The most that Lambda gives in one page, whatever is asked for. */
const MOST_FUNCTIONS = 50;

function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

/** A function outside of any VPC has an empty configuration. */
function vpcConfigOf(config: VpcConfigRecord | undefined): VpcConfigResponse {
  const { vpcId = '', subnetIds = [], groupIds = [] } = config ?? {};
  return { SubnetIds: [...subnetIds], SecurityGroupIds: [...groupIds], VpcId: vpcId, Ipv6AllowedForDualStack: false };
}

function describedVersion(
  region: Region,
  { name }: FunctionRecord,
  version: string,
  config: VpcConfigRecord | undefined,
): FunctionConfiguration {
  const arn = `arn:aws:lambda:${region.name}:${region.account.id}:function:${name}`;
  return {
    FunctionName: name,
    FunctionArn: version === '$LATEST' ? arn : `${arn}:${version}`,
    Version: version,
    PackageType: 'Zip',
    VpcConfig: vpcConfigOf(config),
  };
}

function versionsOf(region: Region, one: FunctionRecord, all: boolean): readonly FunctionConfiguration[] {
  const latest = describedVersion(region, one, '$LATEST', one.vpcConfig);
  if (!all) return [latest];
  return [latest, ...one.published.map((config, index) => describedVersion(region, one, String(index + 1), config))];
}

/**
 * ListFunctions: the unpublished version of each, with `FunctionVersion` ALL the published ones, too. A page has 50 at the most. Throws
 * InvalidParameterValueException.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
function listFunctions(region: Region, input: ListFunctionsRequest): ListFunctionsResponse {
  const { MaxItems = MOST_FUNCTIONS, Marker } = input;
  const asked: string | undefined = input.FunctionVersion;
  if (asked !== undefined && asked !== 'ALL') throw invalidValue(`Value '${asked}' at 'functionVersion' is not ALL`);
  if (MaxItems < 1 || MaxItems > 10_000) throw invalidValue(`Value '${MaxItems}' at 'maxItems' is not 1 to 10000`);
  const found = [...region.functions.values()].flatMap((one) => versionsOf(region, one, asked === 'ALL'));
  const page = { MaxResults: Math.min(MaxItems, MOST_FUNCTIONS), NextToken: Marker };
  const { items, next } = pageOf(found, page, { min: 1, max: MOST_FUNCTIONS });
  return { Functions: [...items], ...(next.NextToken && { NextMarker: next.NextToken }) };
}

/** The Lambda calls that the account knows. Its functions come with the estate: none is ever run. */
export const lambdaOperations = { ListFunctions: listFunctions } satisfies Operations;
