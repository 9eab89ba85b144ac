/** The used part of a Babel path. */
interface Path {
  readonly isVariableDeclarator: () => boolean;
  readonly node: { readonly id?: { readonly name?: string } };
}

function isDocumentation(path: Path): boolean {
  return path.isVariableDeclarator() && path.node.id?.name === 'docs';
}

/**
 * Skips the documentation of a control: it is text for people, and the tests are made from its cases.
 */
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
