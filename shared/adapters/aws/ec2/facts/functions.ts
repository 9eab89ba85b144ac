import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { type NamesByGroup, type NamesGroups, namesByGroup } from '../../../../events/cloudtrail/names-by-group.ts';
import { readFunction } from '../../../../events/describe/lambda-function.ts';
import { call } from '../../call.ts';
import type { ClientSettings } from '../../clients/client-settings.ts';
import { functionsClient, type Lambda } from '../../lambda/invoke.ts';
import { pages } from '../../paging.ts';

/** The functions of the settings' account and region, listed when they are asked for. */
export const functionsIn = (settings: ClientSettings) => async (): Promise<NamesByGroup> =>
  await listFunctions(functionsClient(settings));

/** The most that Lambda gives in one page, whatever is asked for. */
const FUNCTIONS_PAGE = 50;

/**
 * Which functions of the region name which groups in their VPC configuration. A function that was idle for long has no interface:
 * Lambda takes it back, and makes another out of the configuration once the function is called again. Published versions have a
 * configuration of their own and can be called, so that they count, too. Of each page no more is kept than names and groups: the
 * answer holds the functions' environment variables. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export async function listFunctions(lambda: Lambda): Promise<NamesByGroup> {
  const functions = await pages<NamesGroups>(async (token) => {
    const command = new ListFunctionsCommand({
      FunctionVersion: 'ALL',
      MaxItems: FUNCTIONS_PAGE,
      ...(token && { Marker: token }),
    });
    const answer = await call('ListFunctions', lambda.send(command));
    return { items: (answer.Functions ?? []).flatMap((one) => readFunction(one) ?? []), next: answer.NextMarker };
  });
  return namesByGroup(functions);
}
