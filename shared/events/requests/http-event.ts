import type { HttpCall, ResponseFormat } from '../../domain/action.ts';
import { asFields, type Fields } from '../json.ts';

/**
 * An HTTP call from a function URL, from API Gateway (payload format 1.0 of REST and HTTP APIs, 2.0 of HTTP APIs) or from an application
 * load balancer, with or without multi-value headers; undefined for every other event. The service makes the envelope: nothing that a
 * caller sends changes what the event is, because the body is a text in it.
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

/** `multiValueHeaders` has every value of a repeated header, `headers` beside it only the last one. */
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

/** The address that the load balancer itself saw: it appends the address to `x-forwarded-for`. */
function lastForwarded(headers: Headers): string {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-forwarded-for');
  return found?.[1].split(',').at(-1)?.trim() ?? '';
}

/** What Lambda returns for an HTTP call. Nothing about a refusal leaves the function but its status. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: '';
  readonly isBase64Encoded?: false;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
}

/**
 * An answer with a status and without a body, in the form that the service of the call accepts. A load balancer answers 502 for a form that
 * does not fit its target group.
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
