/** A query string's parameters as a tree: `IpPermissions.1.IpRanges.1.CidrIp=…` → branches and leaves. */
export interface QueryTree {
  value?: string;
  readonly branches: Map<string, QueryTree>;
}

function emptyTree(): QueryTree {
  return { branches: new Map() };
}

/** Reads an `application/x-www-form-urlencoded` body. Maps hold the names, so that no name is special. */
export function parseQuery(body: string): QueryTree {
  const root = emptyTree();
  for (const [path, value] of new URLSearchParams(body)) {
    let node = root;
    for (const name of path.split('.')) {
      const next = node.branches.get(name) ?? emptyTree();
      node.branches.set(name, next);
      node = next;
    }
    node.value = value;
  }
  return root;
}

/** Branches with numeric names, in numeric order: the elements of a list. */
export function elementsOf(tree: QueryTree): readonly QueryTree[] {
  return [...tree.branches]
    .filter(([name]) => /^\d+$/.test(name))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, branch]) => branch);
}
