import type { HttpCall } from '../model/http-call.ts';
import { asFields } from './fields.ts';

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * A call of the function's URL, payload format 2.0; undefined for every other event. Lambda makes the envelope: nothing that a caller
 * sends changes what the event is, for the body is a text in it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export const readHttpCall = (event: unknown): HttpCall | undefined => {
  const { requestContext, headers, body, isBase64Encoded } = asFields(event) ?? {};
  const http = asFields(asFields(requestContext)?.['http']);
  if (http === undefined) return undefined;
  const texts = Object.entries(asFields(headers) ?? {}).flatMap(([name, value]) =>
    isText(value) ? [[name, value] as const] : [],
  );
  return {
    from: isText(http['sourceIp']) ? http['sourceIp'] : '',
    headers: Object.fromEntries(texts),
    body: isText(body) ? body : '',
    isBase64: isBase64Encoded === true,
  };
};
