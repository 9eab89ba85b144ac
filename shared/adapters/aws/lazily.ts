/** Loads at the first call, once. After a failed load, the next call tries again. */
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

type AsyncMethods<Port> = Readonly<Record<keyof Port, (...args: never[]) => Promise<unknown>>>;

/** A port that is loaded by the first call of one of its methods. */
export function lazyPort<Port extends AsyncMethods<Port>>(load: () => Promise<Port>): Port {
  const loaded = lazily(load);
  const nothing: Port = Object.create(null);
  return new Proxy(nothing, {
    get: (_, name) => {
      // `await` asks every object for `then`.
      if (name === 'then' || typeof name === 'symbol') return undefined;
      return async (...args: unknown[]): Promise<unknown> => {
        const port = await loaded();
        return await Reflect.apply(Reflect.get(port, name), port, args);
      };
    },
  });
}
