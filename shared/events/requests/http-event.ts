import type { HttpCall, ResponseFormat } from '../../domain/action.ts';
import { asFields, type Fields } from '../json.ts';

/**
 * Reads an HTTP call from a function URL, from API Gateway (payload format 1.0 of REST and HTTP APIs, 2.0 of
 * HTTP APIs) or from an application load balancer, with or without multi-value headers. Returns undefined for
 * any other event. AWS builds the envelope and the caller's body is only a text in it, so a caller cannot
 * change the kind of the event.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export function readHttpCall(event: unknown): HttpCall | undefined {
  const fields = asFields(event);
  const context = asFields(fields?.['requestContext']);
  if (fields === undefined || context === undefined) return undefined;
  const http = asFields(context['http']);
  if (http !== undefined) return callOf(fields, singleHeaders(fields['headers']), http['sourceIp'], 'status');
  if (!isText(fields['httpMethod'])) return undefined;
  const headers = headersOf(fields);
  if (asFields(context['elb']) !== undefined) {
    const isMultiValue = asFields(fields['multiValueHeaders']) !== undefined;
    return callOf(fields, headers, lastForwarded(headers), isMultiValue ? 'multi-value-headers' : 'headers');
  }
  const identity = asFields(context['identity']);
  return identity && callOf(fields, headers, identity['sourceIp'], 'status');
}

type Headers = HttpCall['headers'];

function callOf(event: Fields, headers: Headers, from: unknown, answerForm: ResponseFormat): HttpCall {
  const { body, isBase64Encoded } = event;
  return {
    from: isText(from) ? from : '',
    headers,
    body: isText(body) ? body : '',
    isBase64: isBase64Encoded === true,
    answerForm,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Headers with one text for each name. */
function singleHeaders(value: unknown): Headers {
  const entries = Object.entries(asFields(value) ?? {});
  return Object.fromEntries(entries.flatMap(([name, text]) => (isText(text) ? [[name, text] as const] : [])));
}

/** `multiValueHeaders` has every value of a repeated header. `headers` has only the last value. */
function headersOf(event: Fields): Headers {
  const all = multiValueHeaders(event['multiValueHeaders']);
  return Object.keys(all).length > 0 ? all : singleHeaders(event['headers']);
}

/** Headers with a list of texts for each name, joined with commas as HTTP does. */
function multiValueHeaders(value: unknown): Headers {
  const entries = Object.entries(asFields(value) ?? {});
  return Object.fromEntries(
    entries.flatMap(([name, texts]) =>
      Array.isArray(texts) && texts.every(isText) ? [[name, texts.join(',')] as const] : [],
    ),
  );
}

/** The load balancer appends the client's address, so only the last address is trustworthy. */
function lastForwarded(headers: Headers): string {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-forwarded-for');
  return found?.[1].split(',').at(-1)?.trim() ?? '';
}

/** Lambda's response to an HTTP call. It has no body, so a refusal reveals only its status. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: '';
  readonly isBase64Encoded?: false;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
}

/**
 * A response with a status and no body, in the format of the calling service. A load balancer returns 502 to
 * the client if the format does not match its target group.
 */
export function httpAnswer({ answerForm }: HttpCall, statusCode: number): HttpAnswer {
  const answer = { statusCode, body: '' } as const;
  switch (answerForm) {
    case 'status':
      return answer;
    case 'headers':
      return { ...answer, isBase64Encoded: false, headers: { 'content-type': 'text/plain' } };
    case 'multi-value-headers':
      return { ...answer, isBase64Encoded: false, multiValueHeaders: { 'content-type': ['text/plain'] } };
    default:
      return answerForm satisfies never;
  }
}
