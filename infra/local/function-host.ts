import type { Account } from './account/account.ts';
import type { Background } from './background.ts';
import { type InvocationOptions, type InvocationResult, invokeOnce, type Target } from './invocation.ts';
import type { Activity } from './time/clock.ts';

/** A function that runs on this machine. */
type HostedFunction = Pick<InvocationOptions, 'timeoutMs' | 'maxEventAgeMs'> & {
  readonly name: string;
  /** Default: none. */
  readonly aliases?: readonly string[];
  readonly target: Target;
};

/** Functions of an account that can be invoked, in any region. A name is `NAME`, or `NAME:ALIAS` for one of its aliases. */
export interface FunctionHost {
  /** Makes a function, or puts another in the place of the one with its name. */
  deploy(hosted: HostedFunction): void;
  has(name: string): boolean;
  /** Invokes it and waits for its result, as part of the activity. Throws RangeError for an unknown name. */
  invoke(name: string, region: string, event: unknown, parent?: Activity): Promise<InvocationResult>;
  /** Begins an asynchronous invocation. Throws RangeError for an unknown name. */
  invokeLater(name: string, region: string, event: unknown): void;
}

/** A host without functions. */
export function functionHost({ id: accountId, random, clock }: Account, background: Background): FunctionHost {
  const functions = new Map<string, HostedFunction>();

  function find(name: string): HostedFunction | undefined {
    const [bare = '', alias] = name.split(':');
    const hosted = functions.get(bare);
    return alias === undefined || hosted?.aliases?.includes(alias) ? hosted : undefined;
  }

  function optionsFor(functionName: string, region: string): InvocationOptions {
    const hosted = find(functionName);
    if (!hosted) throw new RangeError(`There is no function ${functionName}`);
    return { ...hosted, functionName, accountId, region, random, clock };
  }

  return {
    deploy: (hosted) => void functions.set(hosted.name, hosted),
    has: (name) => find(name) !== undefined,
    invoke: async (name, region, event, parent) => await invokeOnce(optionsFor(name, region), event, parent),
    invokeLater: (name, region, event) => background.invoke(optionsFor(name, region), event),
  };
}
