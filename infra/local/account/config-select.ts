import type { SelectResourceConfigRequest } from '@aws-sdk/client-config-service';
import { parseQuery } from '../config-query/parse.ts';
import { runQuery } from '../config-query/run.ts';
import { configResources } from './config-resources.ts';
import { pageOf } from './paging.ts';
import type { Region } from './region.ts';

/** Rows of a page: the most, and as many as come where the call does not say. */
const PAGE = { min: 0, max: 100, unstated: 25 } as const;

/**
 * SelectResourceConfig, in the part of its SQL that our saved queries are written in.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_SelectResourceConfig.html
 * @throws AwsError InvalidExpressionException for what is not known here, InvalidNextToken.
 */
export function selectResourceConfig(region: Region, input: SelectResourceConfigRequest): object {
  const query = parseQuery(input.Expression ?? '');
  const rows = runQuery(query, configResources(region));
  const { items, next } = pageOf(rows, { MaxResults: input.Limit || undefined, NextToken: input.NextToken }, PAGE);
  return {
    Results: items.map((row) => JSON.stringify(row)),
    QueryInfo: { SelectFields: query.select.map((Name) => ({ Name })) },
    ...next,
  };
}
