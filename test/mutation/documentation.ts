/** The part of a Babel path that this plugin reads. */
interface Path {
  readonly isVariableDeclarator: () => boolean;
  readonly node: { readonly id?: { readonly name?: string } };
}

function isDocumentation(path: Path): boolean {
  return path.isVariableDeclarator() && path.node.id?.name === 'docs';
}

/** Ignores the documentation of controls: it is text for people, and its cases are the tests. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'documentation',
    value: {
      shouldIgnore: (path: Path): string | undefined =>
        isDocumentation(path) ? 'documentation, compared word by word with docs/controls.md' : undefined,
    },
  },
] as const;
