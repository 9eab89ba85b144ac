/**
 * How much of a long random or exhaustive test is done: the first number usually, the second in `npm run test:long`, which CI runs, too.
 * The usual number finds what the test is for in most runs; the long one leaves little to luck.
 */
export function effort<T>(usual: T, long: T): T {
  return process.env['TEST_EFFORT'] === 'long' ? long : usual;
}
