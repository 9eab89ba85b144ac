/** A source of random numbers, injected: like `Math.random`, a number in [0, 1). */
export type Random = () => number;

/**
 * A UUID of version 4, of 122 random bits.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.4
 */
export const uuid = (random: Random): string =>
  'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (place) => {
    const digit = Math.floor(random() * 16);
    return (place === 'x' ? digit : 8 + (digit % 4)).toString(16);
  });
