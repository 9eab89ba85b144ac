import type { PortcullisProps } from '../../infra/stack/portcullis-stack.ts';
import { type Template, templateOf } from '../../infra/synthesize.ts';

type Options = Omit<PortcullisProps, 'bundleOf'>;

const secret = { alertsSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:portcullis-Ab1Cd2' };

const everything: Options = {
  ...secret,
  amazonQ: true,
  config: 'rules',
  configSchedule: 'TwentyFour_Hours',
  email: 'you@example.com',
  homeRegion: 'eu-west-1',
  regions: ['us-east-1'],
  securityHub: true,
};

/** Combinations of options that together create every resource of the stack. */
const VARIANTS: Readonly<Record<string, Options>> = {
  default: {},
  everything,
  'customer-keys': {
    ...everything,
    customerKeys: true,
    permissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary',
  },
  'buttons-private': { ...secret, buttons: 'private', config: 'function', reservedConcurrency: { onChange: 20 } },
  'buttons-none': { ...secret, buttons: 'none' },
};

/** The templates of StackSets, which a template contains as text. */
function nestedIn({ Resources }: Template): readonly string[] {
  return Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::CloudFormation::StackSet' ? [String(Properties['TemplateBody'])] : [],
  );
}

/** All templates to lint, as JSON by name. */
export function templates(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(VARIANTS).flatMap(([name, options]) => {
      const template = templateOf(options);
      const nested = nestedIn(template).map((text, index) => [`${name}.stack-set-${index + 1}`, text] as const);
      return [[name, JSON.stringify(template, null, 2)] as const, ...nested];
    }),
  );
}
