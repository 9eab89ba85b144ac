import { App, Tags } from 'aws-cdk-lib';
import { STACK_NAME } from '../shared/catalogue.ts';
import { InputInvalid } from '../shared/domain/errors.ts';
import { bundleDirectory } from './build/build.ts';
import { readOptions } from './stack/options/read.ts';
import { PortcullisStack } from './stack/portcullis-stack.ts';

function main(): void {
  const app = new App();
  // The CDK's command line sets this variable from the profile or the environment.
  const options = readOptions(app.node.getAllContext(), process.env['CDK_DEFAULT_REGION']);
  const cell = new PortcullisStack(app, options.stack ?? STACK_NAME, {
    ...options,
    bundleOf: ({ name }) => bundleDirectory(name),
  });
  Tags.of(cell).add('project', 'portcullis');
}

try {
  main();
} catch (error) {
  if (!(error instanceof InputInvalid)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
