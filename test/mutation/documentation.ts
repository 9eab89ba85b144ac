/** The part of a Babel path that is looked at. */
interface Path {
  readonly isVariableDeclarator: () => boolean;
  readonly node: { readonly id?: { readonly name?: string } };
}

function isDocumentation(path: Path): boolean {
  return path.isVariableDeclarator() && path.node.id?.name === 'docs';
}

/** Leaves the documentation of a control alone: it is text for people, and its cases are what the tests are made of. */
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
