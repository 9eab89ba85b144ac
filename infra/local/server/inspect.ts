import type { Reply, WireRequest } from './wire.ts';

/** What the account shows of itself over HTTP, beside AWS's own protocols. */
export interface Inspected {
  readonly messages: readonly object[];
  readonly events: readonly object[];
  readonly calls: readonly object[];
}

/** Answers `GET /_portcullis/messages`, `/events` and `/calls` as JSON arrays; `undefined` for every other request. */
export function inspect(request: WireRequest, inspected: Inspected): Reply | undefined {
  const name = /^\/_portcullis\/(messages|events|calls)$/.exec(request.url)?.[1];
  const shown = Object.entries(inspected).find(([key]) => key === name)?.[1];
  if (request.method !== 'GET' || !shown) return undefined;
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(shown) };
}
