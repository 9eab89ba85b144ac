import { InputInvalid } from '../../domain/errors.ts';

/** Reads one part of an input. What is wrong with it is noted, so that one bad rule does not lose its neighbours. */
export const noting = <T>(errors: string[], read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    errors.push(error.message);
    return undefined;
  }
};

/**
 * Reads one part of an event; nothing where it cannot be read. Only for what an event says of a rule's content: an event points,
 * and what it points at is read from EC2 in any case.
 */
export const readable = <T>(read: () => T): readonly T[] => {
  const value = noting([], read);
  return value === undefined ? [] : [value];
};
