import { App, Tags } from 'aws-cdk-lib';
import { STACK_NAME } from '../shared/catalogue.ts';
import { InputInvalid } from '../shared/model/errors.ts';
import { bundleDirectory } from './build.ts';
import { PortcullisStack } from './portcullis-stack.ts';

const app = new App();

/** A text from `-c name=value` or cdk.json. Throws InputInvalid where it is something else. */
function context(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  if (value === undefined || typeof value === 'string') return value;
  throw new InputInvalid(`cdk context ${name}: expected text, found ${JSON.stringify(value)}`);
}

const [email, regions, switchParameter] = [context('email'), context('regions'), context('switchParameter')];
const eventBusArn = context('eventBusArn');
const [alertsSecretArn, slackApi, pagerDutyApi] = [
  context('alertsSecretArn'),
  context('slackApi'),
  context('pagerDutyApi'),
];

const cell = new PortcullisStack(app, context('stack') ?? STACK_NAME, {
  bundleOf: ({ name }) => bundleDirectory(name),
  customerKeys: context('customerKeys') === 'true',
  config: context('config') === 'true',
  securityHub: context('securityHub') === 'true',
  amazonQ: context('amazonQ') === 'true',
  ...(eventBusArn !== undefined && { eventBusArn }),
  ...(alertsSecretArn !== undefined && { alertsSecretArn }),
  ...(slackApi !== undefined && { slackApi }),
  ...(pagerDutyApi !== undefined && { pagerDutyApi }),
  ...(email !== undefined && { email }),
  ...(regions !== undefined && { regions: regions.split(',') }),
  ...(switchParameter !== undefined && { switchParameter }),
});

Tags.of(cell).add('project', 'portcullis');
