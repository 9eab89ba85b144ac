import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { ROOT } from '../../infra/bundle.ts';
import { type PortcullisProps, PortcullisStack } from '../../infra/portcullis-stack.ts';

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

/** A synthesised template. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Rules?: unknown;
  readonly Parameters?: unknown;
}

/** What `cdk synth` runs with. */
const settings: { readonly context: Record<string, unknown> } = JSON.parse(
  readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'),
);

const folder = (...parts: string[]) => mkdtempSync(path.join(tmpdir(), ['portcullis', ...parts, ''].join('-')));

/** Synthesises a cell around an empty bundle, with no account, no region, no network. */
export function templateOf(props: Omit<PortcullisProps, 'bundleOf'> = {}): Template {
  const [bundle, outdir] = [folder('bundle'), folder('cdk')];
  try {
    writeFileSync(path.join(bundle, 'index.mjs'), 'export const handler = async () => {};\n');
    const app = new App({ outdir, analyticsReporting: false, context: settings.context });
    const cell = new PortcullisStack(app, 'Portcullis', { bundleOf: () => bundle, ...props });
    const template: Template = app.synth().getStackByName(cell.stackName).template;
    return template;
  } finally {
    rmSync(bundle, { recursive: true });
    rmSync(outdir, { recursive: true });
  }
}

/** Resources of one type. */
export const resourcesOf = (template: Template, type: string): readonly Resource[] =>
  Object.values(template.Resources).filter((resource) => resource.Type === type);
