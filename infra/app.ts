import { App, Tags } from 'aws-cdk-lib';
import { CONFIG_SCHEDULES, type ConfigSchedule, STACK_NAME } from '../shared/catalogue.ts';
import { InputInvalid } from '../shared/model/errors.ts';
import { bundleDirectory } from './build.ts';
import type { ConfigExtent } from './config.ts';
import { PortcullisStack } from './portcullis-stack.ts';

const app = new App();

/** A text from `-c name=value` or cdk.json. Throws InputInvalid where it is something else. */
function context(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  if (value === undefined || typeof value === 'string') return value;
  throw new InputInvalid(`cdk context ${name}: expected text, found ${JSON.stringify(value)}`);
}

/** One of some words from the context. Throws InputInvalid where it is another. */
function choice<T extends string>(name: string, words: readonly T[]): T | undefined {
  const value = context(name);
  const found = words.find((word) => word === value);
  if (value === undefined || found !== undefined) return found;
  throw new InputInvalid(`cdk context ${name}: expected ${words.join(' or ')}, found ${JSON.stringify(value)}`);
}

/** `true` for AWS Config's rules, `function` for those of a conformance pack. */
function configExtent(): ConfigExtent | undefined {
  const given = choice('config', ['true', 'false', 'function']);
  if (given === 'function') return 'function';
  return given === 'true' ? 'rules' : undefined;
}

/** Throws InputInvalid where there are no rules that it could be for. */
function scheduleFor(extent: ConfigExtent | undefined): ConfigSchedule | undefined {
  const schedule = choice('configSchedule', CONFIG_SCHEDULES);
  if (schedule === undefined || extent === 'rules') return schedule;
  throw new InputInvalid('cdk context configSchedule: it is for the rules of AWS Config, give -c config=true as well');
}

const [email, regions, switchParameter] = [context('email'), context('regions'), context('switchParameter')];
const eventBusArn = context('eventBusArn');
const [alertsSecretArn, slackApi, pagerDutyApi] = [
  context('alertsSecretArn'),
  context('slackApi'),
  context('pagerDutyApi'),
];
const config = configExtent();
const configSchedule = scheduleFor(config);

const cell = new PortcullisStack(app, context('stack') ?? STACK_NAME, {
  bundleOf: ({ name }) => bundleDirectory(name),
  customerKeys: context('customerKeys') === 'true',
  securityHub: context('securityHub') === 'true',
  amazonQ: context('amazonQ') === 'true',
  ...(config !== undefined && { config }),
  ...(configSchedule !== undefined && { configSchedule }),
  ...(eventBusArn !== undefined && { eventBusArn }),
  ...(alertsSecretArn !== undefined && { alertsSecretArn }),
  ...(slackApi !== undefined && { slackApi }),
  ...(pagerDutyApi !== undefined && { pagerDutyApi }),
  ...(email !== undefined && { email }),
  ...(regions !== undefined && { regions: regions.split(',') }),
  ...(switchParameter !== undefined && { switchParameter }),
});

Tags.of(cell).add('project', 'portcullis');
