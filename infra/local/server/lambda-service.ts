import { lambdaOperations } from '../account/functions.ts';
import type { FunctionHost } from '../function-host.ts';
import { invokeService } from './invoke-service.ts';
import { restJsonService } from './rest-json-service.ts';
import type { Service } from './service.ts';
import type { WireRequest } from './wire.ts';

/** Lambda: Invoke runs functions in this process, and the calls that only read tell of the functions that the account was given. */
export function lambdaService(host: FunctionHost): Service {
  const invoking = invokeService(host);
  const reading = restJsonService({
    sdk: () => import('@aws-sdk/client-lambda'),
    operations: lambdaOperations,
    paths: { ListFunctions: '/2015-03-31/functions' },
  });
  const serviceFor = ({ method }: WireRequest): Service => (method === 'GET' ? reading : invoking);
  return {
    operationOf: (request) => serviceFor(request).operationOf(request),
    read: async (request, operation) => serviceFor(request).read(request, operation),
    perform: async (invocation) => serviceFor(invocation.request).perform(invocation),
    refuse: (error, requestId, request) => invoking.refuse(error, requestId, request),
    close: async () => {
      await Promise.all([invoking.close(), reading.close()]);
    },
  };
}
