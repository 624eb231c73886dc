// Looks types up by name and by what they are called on the wire.
import { schemaLines } from '../generated/schema.ts';
import type { TypeSchema } from '../schema.ts';

/** The table of a type by its short name, e.g. `core.v1.Pod`; parsed on first use, then shared. */
export function typeSchema(name: string): TypeSchema | undefined {
  const known = parsed.get(name);
  if (known) return known;
  const line = lines().get(name);
  if (line === undefined) return undefined;
  const schema = JSON.parse(line) as TypeSchema;
  parsed.set(name, schema);
  return schema;
}

/** Short names of all types, in order. */
export function typeNames(): string[] {
  return [...lines().keys()];
}

/** The short name of the type that a group, version and kind stand for: `typeOfKind('apps', 'v1', 'Deployment')`. */
export function typeOfKind(group: string, version: string, kind: string): string | undefined {
  byKind ??= indexKinds();
  return byKind.get(`${group}/${version}/${kind}`) ?? metaType(group, version, kind);
}

const parsed = new Map<string, TypeSchema>();
let byName: Map<string, string> | undefined;
let byKind: Map<string, string> | undefined;

function lines(): Map<string, string> {
  if (byName) return byName;
  byName = new Map();
  for (const line of schemaLines.split('\n')) {
    const space = line.indexOf(' ');
    byName.set(line.slice(0, space), line.slice(space + 1));
  }
  return byName;
}

// Lines of types that stand alone begin with their kind, so that this need not parse the tables.
function indexKinds(): Map<string, string> {
  const index = new Map<string, string>();
  const prefix = '{"gvk":';
  for (const [name, line] of lines()) {
    if (!line.startsWith(prefix)) continue;
    const gvk = JSON.parse(line.slice(prefix.length, line.indexOf(']') + 1)) as string[];
    index.set(gvk.join('/'), name);
  }
  return index;
}

// Types of metav1 that belong to no group of their own: options of requests and watch events may carry the
// version of any group, the others are served as `v1` or `meta.k8s.io/v1`.
function metaType(group: string, version: string, kind: string): string | undefined {
  switch (kind) {
    case 'DeleteOptions':
    case 'CreateOptions':
    case 'UpdateOptions':
    case 'PatchOptions':
    case 'GetOptions':
    case 'ListOptions':
    case 'WatchEvent':
      return `meta.v1.${kind}`;
  }
  if (version !== 'v1' || (group !== '' && group !== 'meta.k8s.io')) return undefined;
  const name = `meta.v1.${kind}`;
  return lines().has(name) ? name : undefined;
}
