import type { Account } from './account/account.ts';
import type { Background } from './background.ts';
import type { FailureMessage } from './failure-queue.ts';
import {
  type AsyncSettings,
  type DeliveryFailure,
  functionArnOf,
  type InvocationOptions,
  type InvocationResult,
  invokeOnce,
  type Target,
} from './invocation.ts';
import type { Activity } from './time/clock.ts';

/** A function that runs on this machine. Its own settings for asynchronous invocations hold if it is invoked by its bare name. */
interface HostedFunction extends AsyncSettings, Pick<InvocationOptions, 'timeoutMs'> {
  readonly name: string;
  /** Aliases, each with its own settings for asynchronous invocations. Default: none. */
  readonly aliases?: Readonly<Record<string, AsyncSettings>>;
  readonly target: Target;
}

/** Where an event goes that has no function to go to. */
type Undeliverable = (failure: DeliveryFailure) => FailureMessage | undefined;

/** Functions of an account that can be invoked, in any region. A name is `NAME`, or `NAME:ALIAS` for one of its aliases. */
export interface FunctionHost {
  /** Makes a function, or puts another in the place of the one with its name. */
  deploy(hosted: HostedFunction): void;
  has(name: string): boolean;
  /** Invokes it and waits for its result, as part of the activity. The result of an unknown name is a RangeError. */
  invoke(name: string, region: string, event: unknown, parent?: Activity): Promise<InvocationResult>;
  /** Begins an asynchronous invocation. Throws RangeError for an unknown name. */
  invokeLater(name: string, region: string, event: unknown): void;
  /** The same for a service that delivers events: the event of an unknown name is given up, and goes to the queue of the service, if any. */
  deliver(name: string, region: string, event: unknown, undeliverable?: Undeliverable): void;
}

function notFound(name: string): RangeError {
  return new RangeError(`There is no function ${name}`);
}

/** A host without functions. */
export function functionHost({ id: accountId, random, clock }: Account, background: Background): FunctionHost {
  const functions = new Map<string, HostedFunction>();

  function find(functionName: string, region: string): InvocationOptions | undefined {
    const [bare = '', alias] = functionName.split(':');
    const hosted = functions.get(bare);
    const settings = alias === undefined ? hosted : hosted?.aliases?.[alias];
    if (!hosted || !settings) return undefined;
    const { target, timeoutMs } = hosted;
    return { ...settings, target, timeoutMs, functionName, accountId, region, random, clock };
  }

  function giveUp(functionName: string, region: string, event: unknown, undeliverable?: Undeliverable): void {
    const functionArn = functionArnOf({ region, accountId, functionName });
    const failure: DeliveryFailure = {
      functionName,
      functionArn,
      event,
      awsRequestId: '',
      error: notFound(functionName),
      attempts: 0,
      condition: 'FunctionNotFound',
    };
    background.giveUp(failure, undeliverable?.(failure));
  }

  return {
    deploy: (hosted) => void functions.set(hosted.name, hosted),
    has: (name) => find(name, '') !== undefined,
    async invoke(name, region, event, parent) {
      const options = find(name, region);
      return options ? await invokeOnce(options, event, parent) : { error: notFound(name) };
    },
    invokeLater(name, region, event) {
      const options = find(name, region);
      if (!options) throw notFound(name);
      background.invoke(options, event);
    },
    deliver(name, region, event, undeliverable) {
      const options = find(name, region);
      if (options) background.invoke(options, event);
      else giveUp(name, region, event, undeliverable);
    },
  };
}
