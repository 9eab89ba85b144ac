import type { Account } from './account/account.ts';
import type { Background } from './background.ts';
import { type InvocationOptions, type InvocationResult, invokeOnce, type Target } from './invocation.ts';

/** A function that runs on this machine. */
interface HostedFunction {
  readonly name: string;
  /** Default: none. */
  readonly aliases?: readonly string[];
  readonly target: Target;
  /** What getRemainingTimeInMillis counts down from. */
  readonly timeoutMs: number;
}

/** Functions of an account that can be invoked, in any region. A name is `NAME`, or `NAME:ALIAS` for one of its aliases. */
export interface FunctionHost {
  /** Makes a function, or puts another in the place of the one with its name. */
  deploy(hosted: HostedFunction): void;
  has(name: string): boolean;
  /** Invokes it and waits for what comes of it. Throws RangeError for an unknown name. */
  invoke(name: string, region: string, event: unknown): Promise<InvocationResult>;
  /** Begins an asynchronous invocation. Throws RangeError for an unknown name. */
  invokeLater(name: string, region: string, event: unknown): void;
}

/** A host without functions. */
export function functionHost({ id: accountId, random }: Account, background: Background): FunctionHost {
  const functions = new Map<string, HostedFunction>();

  function find(name: string): HostedFunction | undefined {
    const [bare = '', alias] = name.split(':');
    const hosted = functions.get(bare);
    return alias === undefined || hosted?.aliases?.includes(alias) ? hosted : undefined;
  }

  function optionsFor(name: string, region: string): InvocationOptions {
    const hosted = find(name);
    if (!hosted) throw new RangeError(`There is no function ${name}`);
    const { target, timeoutMs } = hosted;
    return { target, timeoutMs, functionName: name, accountId, region, random };
  }

  return {
    deploy: (hosted) => void functions.set(hosted.name, hosted),
    has: (name) => find(name) !== undefined,
    invoke: async (name, region, event) => invokeOnce(optionsFor(name, region), event),
    invokeLater: (name, region, event) => background.invoke(optionsFor(name, region), event),
  };
}
