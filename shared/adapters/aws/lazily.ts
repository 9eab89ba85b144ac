/** Loads once, when it is first asked for; a load that failed is tried again at the next call. */
export function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return async () => {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
}

/** The methods of these names, of which each returns a promise. */
type Methods<Name extends PropertyKey> = Readonly<Record<Name, (...args: never[]) => Promise<unknown>>>;

/**
 * A port that the first call of one of its methods loads. The result has these methods and no others, so that a list that leaves out
 * a method of the port does not compile where the port is expected.
 */
export function lazyPort<Port extends Methods<Name>, Name extends keyof Port>(
  load: () => Promise<Port>,
  names: readonly Name[],
): Pick<Port, Name> {
  const loaded = lazily(load);
  const port: Pick<Port, Name> = Object.create(Object.prototype);
  for (const name of names) {
    const method = async (...args: unknown[]): Promise<unknown> => {
      const target = await loaded();
      return await Reflect.apply(target[name], target, args);
    };
    Object.defineProperty(port, name, { value: method, enumerable: true });
  }
  return port;
}
