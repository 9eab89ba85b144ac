/**
 * The size of a random or exhaustive test: the first number normally, the second in `npm run test:long`,
 * which CI also runs. The first number finds the faults in most runs, the second almost always.
 */
export function effort<T>(usual: T, long: T): T {
  return process.env['TEST_EFFORT'] === 'long' ? long : usual;
}
