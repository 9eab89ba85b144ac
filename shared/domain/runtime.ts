/** A source of random numbers, injected: like `Math.random`, a number in [0, 1). */
export type Random = () => number;

/**
 * A UUID of version 4, of 122 random bits.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.4
 */
export function uuid(random: Random): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (place) => {
    const digit = Math.floor(random() * 16);
    return (place === 'x' ? digit : 8 + (digit % 4)).toString(16);
  });
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a host, as a URL's `hostname` has it, is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}
