import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { STACK_NAME } from '../shared/catalogue.ts';
import { ROOT } from './build/bundle.ts';
import { type PortcullisProps, PortcullisStack } from './stack/portcullis-stack.ts';

/** A resource of a CloudFormation template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

/** A synthesised CloudFormation template. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Rules?: unknown;
  readonly Parameters?: unknown;
}

/** The settings of `cdk synth`. */
const settings: { readonly context: Record<string, unknown> } = JSON.parse(
  readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'),
);

function folder(...parts: string[]) {
  return mkdtempSync(path.join(tmpdir(), ['portcullis', ...parts, ''].join('-')));
}

/** Synthesises a cell with empty bundles, so it needs no build, no account and no network. */
export function templateOf(props: Omit<PortcullisProps, 'bundleOf'> = {}): Template {
  const [bundle, outdir] = [folder('bundle'), folder('cdk')];
  try {
    writeFileSync(path.join(bundle, 'index.mjs'), 'export const handler = async () => {};\n');
    const app = new App({ outdir, analyticsReporting: false, context: settings.context });
    const cell = new PortcullisStack(app, props.stack ?? STACK_NAME, { bundleOf: () => bundle, ...props });
    const template: Template = app.synth().getStackByName(cell.stackName).template;
    return template;
  } finally {
    rmSync(bundle, { recursive: true });
    rmSync(outdir, { recursive: true });
  }
}

/** Resources of one type. */
export function resourcesOf({ Resources }: Pick<Template, 'Resources'>, type: string): readonly Resource[] {
  return Object.values(Resources).filter((resource) => resource.Type === type);
}
