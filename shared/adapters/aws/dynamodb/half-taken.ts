/** Notices remembered: few are ever half taken at once, and a container lives for hours. */
const MOST = 1000;

/** Which topics took a notice that another one refused. */
interface HalfTaken {
  readonly has: (dedupId: string, topic: string) => boolean;
  readonly note: (dedupId: string, topic: string) => void;
  readonly forget: (dedupId: string) => void;
}

/** Remembers in the container: a retry elsewhere repeats what was taken, under the same id. */
export const halfTaken = (): HalfTaken => {
  const topics = new Map<string, ReadonlySet<string>>();
  return {
    has: (dedupId, topic) => topics.get(dedupId)?.has(topic) === true,
    note: (dedupId, topic) => {
      topics.set(dedupId, new Set([...(topics.get(dedupId) ?? []), topic]));
      const [oldest] = topics.keys();
      if (topics.size > MOST && oldest !== undefined) topics.delete(oldest);
    },
    forget: (dedupId) => void topics.delete(dedupId),
  };
};
