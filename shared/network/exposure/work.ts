/**
 * Counts the steps of an evaluation: updates of trees, and rules and segments that are visited. A test holds the growth of this
 * number, which unlike a clock does not depend on the machine.
 */
export interface Work {
  steps: number;
}
