import { DefaultStackSynthesizer } from 'aws-cdk-lib';

/**
 * CDK's usual way to deploy, without the rule that reads the bootstrap's version from a parameter: a StackSet puts the cell into
 * accounts and regions where there is no such parameter.
 *
 * The getters state what the class already does, and that it is text: its own types leave that open, which strict types refuse.
 */
export class CellSynthesizer extends DefaultStackSynthesizer {
  constructor() {
    super({ generateBootstrapVersionRule: false });
  }

  override get bootstrapQualifier(): string {
    return super.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  }

  override get lookupRole(): string {
    return super.lookupRole ?? '';
  }

  override get cloudFormationExecutionRole(): string {
    return super.cloudFormationExecutionRole ?? '';
  }
}
