import { header, type WireRequest } from '../server/wire.ts';
import { isObject } from './shape.ts';

/** Arguments of a call by name. */
export type Arguments = Readonly<Record<string, unknown>>;

/** The object that a body of JSON is; `undefined` where it is none. */
export const jsonIn = (body: string): Arguments | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** Arguments of the query and of a form. */
const formOf = ({ url, body }: WireRequest, isForm: boolean): Arguments =>
  Object.fromEntries([...new URL(url, 'http://127.0.0.1').searchParams, ...(isForm ? new URLSearchParams(body) : [])]);

const typeOf = (request: WireRequest): string => header(request, 'content-type').split(';')[0]?.trim() ?? '';

/**
 * Arguments of a call: of the query, of a form, and, of methods that write, of a JSON body. `undefined` for a body that cannot be read.
 *
 * @see https://docs.slack.dev/apis/web-api (POST bodies)
 */
export const argumentsOf = (request: WireRequest, takesJson: boolean): Arguments | undefined => {
  const type = typeOf(request);
  const form = formOf(request, type === 'application/x-www-form-urlencoded');
  if (!takesJson || type !== 'application/json') return form;
  const body = jsonIn(request.body);
  return body && { ...form, ...body };
};

/** `xoxb-…` of `Authorization: Bearer xoxb-…`, or of the argument. */
export const tokenOf = (request: WireRequest, args: Arguments): unknown =>
  /^Bearer (.+)$/.exec(header(request, 'authorization'))?.[1] ?? args['token'];
