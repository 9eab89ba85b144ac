import { STACK_NAME } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { FORWARDER_PARAMETERS, type ForwarderTemplate } from '../stack/forwarder/template.ts';
import { type Resource, resourcesOf, type Template, templateOf } from '../synthesize.ts';

/** A rule of EventBridge that matches events, and where it sends them: `NAME:ALIAS` of a function in the catalogue, or `home-bus`. */
interface StackRule {
  readonly name: string;
  readonly pattern: unknown;
  readonly target: string;
}

function refIn(value: unknown): string {
  return String(Object(value).Ref);
}

/** The targets of a rule, as CloudFormation has them. */
function targetsOf({ Properties }: Resource): readonly { readonly Arn: unknown }[] {
  return Object(Properties['Targets']);
}

/** The name by which an alias is invoked, without the name of the stack. `FunctionName` refers to a function of the same template. */
function aliasName({ Resources }: Template, id: string): string | undefined {
  const alias = Resources[id];
  if (alias?.Type !== 'AWS::Lambda::Alias') return undefined;
  const lambda = Resources[refIn(alias.Properties['FunctionName'])];
  const name = String(lambda?.Properties['FunctionName']).replace(`${STACK_NAME}-`, '');
  return `${name}:${String(alias.Properties['Name'])}`;
}

/**
 * The rules of a template with an event pattern whose target is known. Schedules are left out, and so are rules that send to a topic:
 * the embedded account sends no events that they match.
 */
function rulesOf(template: Pick<Template, 'Resources'>, targetName: (arn: unknown) => string | undefined) {
  return resourcesOf(template, 'AWS::Events::Rule').flatMap((rule): readonly StackRule[] => {
    const { EventPattern: pattern, Description: name } = rule.Properties;
    if (pattern === undefined) return [];
    return targetsOf(rule).flatMap(({ Arn }) => {
      const target = targetName(Arn);
      return target === undefined ? [] : [{ name: String(name), pattern, target }];
    });
  });
}

/**
 * Text of infra/local/stack-rules.generated.json: the rules of the home region and of a forwarder, read from the synthesised templates.
 * Throws InputInvalid if there is no forwarder.
 */
export function stackRulesText(): string {
  const template = templateOf({ homeRegion: 'eu-west-1', regions: ['us-east-1'] });
  const [stackSet] = resourcesOf(template, 'AWS::CloudFormation::StackSet');
  const text = stackSet?.Properties['TemplateBody'];
  if (typeof text !== 'string') throw new InputInvalid('the synthesised template has no forwarder');
  const body: ForwarderTemplate = JSON.parse(text);
  const home = rulesOf(template, (arn) => aliasName(template, refIn(arn)));
  const forwarder = rulesOf(body, (arn) => (refIn(arn) === FORWARDER_PARAMETERS.homeBus ? 'home-bus' : undefined));
  return `${JSON.stringify({ home, forwarder }, null, 2)}\n`;
}
