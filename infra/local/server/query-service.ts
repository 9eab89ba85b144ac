import { AwsError } from '../account/aws-error.ts';
import type { Operations } from '../account/operation.ts';
import { hasOperation, operationSchema } from '../codec/operation-schema.ts';
import { decodeQuery } from '../codec/query-decode.ts';
import { parseQuery } from '../codec/query-tree.ts';
import { encodeXml, encodeXmlError, type XmlFrame } from '../codec/xml-encode.ts';
import type { Service } from './service.ts';
import type { Reply, WireRequest } from './wire.ts';

/** A service of the query protocols: parameters in a form, XML back. */
export interface QueryServiceParts {
  /** Loads the SDK's client package, whose schemas drive the codec: on the first request, not at start. */
  readonly sdk: () => Promise<object>;
  readonly operations: Operations;
  readonly frame: XmlFrame;
}

function xmlReply(status: number, body: string, requestId: string): Reply {
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId }, body };
}

/** A call over GET carries its parameters in the URL. */
function parametersOf(request: WireRequest): string {
  return request.body === '' ? new URL(request.url, 'http://127.0.0.1').search.slice(1) : request.body;
}

/** Names the call. Says which is at fault: the embedded account, which lacks the action, or the caller, whose action AWS does not have. */
function invalidAction(name: string, sdk: object): AwsError {
  const message = hasOperation(sdk, name)
    ? `The embedded account does not implement ${name}.`
    : `The action ${name} is not valid for this web service.`;
  return new AwsError('InvalidAction', message);
}

/** A service that speaks EC2's or the older AWS query protocol. */
export function queryService({ sdk, operations, frame }: QueryServiceParts): Service {
  return {
    operationOf(request) {
      const action = new URLSearchParams(parametersOf(request)).get('Action');
      if (!action) throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.');
      return action;
    },
    async read(request, operation) {
      if (!Object.hasOwn(operations, operation)) throw invalidAction(operation, await sdk());
      const { input } = operationSchema(await sdk(), operation);
      return decodeQuery(input, parseQuery(parametersOf(request)), frame.dialect);
    },
    async perform({ operation, input, region, caller, requestId }) {
      const run = operations[operation];
      if (!run) throw invalidAction(operation, await sdk());
      const output = run(region, input, caller);
      const body = encodeXml(operationSchema(await sdk(), operation), output, requestId, frame);
      return { output, reply: xmlReply(200, body, requestId) };
    },
    refuse: (error, requestId) => xmlReply(error.status, encodeXmlError(error, requestId, frame), requestId),
    close: async () => undefined,
  };
}
