// YAML as sigs.k8s.io/yaml reads and writes it: through JSON, with the scalars of YAML 1.1 as Go's parser knows them.
import {
  DEFAULT_SCALAR_STYLE_RULES,
  dump,
  load,
  loadAll,
  SCALAR_STYLE,
  type ScalarLayout,
  YAMLException,
} from 'js-yaml';
import { badRequest } from '../errors/make_error.ts';
import { parseExact, stringifyExact } from './exact_numbers.ts';
import { foldYaml } from './fold_yaml.ts';
import { type DecodeLimits, parseJson } from './json.ts';
import { explainYaml } from './yaml_error.ts';
import { readSchema, resolvesToText, writeSchema } from './yaml_schema.ts';

const defaultMaxBytes = 16 << 20;
const maxDepth = 500;
const maxAliases = 1000;
// What aliases may blow a document up to.
const maxExpandedNodes = 1_000_000;

/** The first document; JSON is read too. An empty text is null. Throws ApiError 400. */
export function parseYaml<T = any>(text: string, limits: DecodeLimits = {}): T {
  if (looksLikeJson(text)) {
    try {
      return parseJson<T>(text, limits);
    } catch {
      // Flow mappings of YAML begin with a brace too.
    }
  }
  return guarded(text, limits, () =>
    plain(text, text.trim() === '' ? null : firstDocument(text, limits)),
  ) as T;
}

// As Go's parser does, which reads one document and leaves the rest of the stream.
function firstDocument(text: string, limits: DecodeLimits): unknown {
  try {
    return load(text, options(limits));
  } catch (error) {
    if (error instanceof YAMLException && error.reason.startsWith('expected a single document'))
      return loadAll(text, options(limits))[0];
    throw error;
  }
}

/** All documents of a stream that hold anything. Throws ApiError 400. */
export function parseYamlDocuments<T = any>(text: string, limits: DecodeLimits = {}): T[] {
  return guarded(text, limits, () =>
    loadAll(text, options(limits))
      .filter((document) => document !== null && document !== undefined)
      .map((document) => plain(text, document)),
  ) as T[];
}

/** Keys in order, two spaces, lists not indented: what `kubectl get -o yaml` prints. */
export function formatYaml(value: unknown): string {
  const text = dump(parseExact(stringifyExact(value)), {
    schema: writeSchema,
    sortKeys: (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0),
    lineWidth: -1,
    noRefs: true,
    seqNoIndent: true,
    quoteStyle: 'single',
    scalarStyleRules: [quoteAmbiguous, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)],
  });
  // An end marker after a block that keeps its last line breaks, which Go leaves out.
  const whole = text.endsWith('\n...\n') ? text.slice(0, -'...\n'.length) : text;
  return foldYaml(whole.replace(beyondBmp, (char) => `\\U${hexOf(char)}`));
}

// Characters that Go's emitter takes for unprintable.
const beyondBmp = /[\u{10000}-\u{10ffff}]/gu;

// Or spaces that the end of a line would hide.
const onlyInDoubleQuotes = /[\u{10000}-\u{10ffff}]| \n/u;

function hexOf(char: string): string {
  return char.codePointAt(0)!.toString(16).toUpperCase().padStart(8, '0');
}

// Text that would be read as a number, a boolean or null gets double quotes; what only the syntax would
// misread gets single ones.
function quoteAmbiguous(layout: ScalarLayout): void {
  const { node, style } = layout;
  if (node.tag === 'tag:yaml.org,2002:str' && onlyInDoubleQuotes.test(node.value))
    layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
  if (style !== SCALAR_STYLE.PLAIN || node.tag !== 'tag:yaml.org,2002:str') return;
  if (!resolvesToText(node.value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
}

function options(limits: DecodeLimits) {
  return {
    schema: readSchema,
    maxDepth: limits.maxDepth ?? maxDepth,
    maxAliases,
    // A key that stands twice: the last one counts, as in JSON.
    json: true,
  };
}

function guarded(text: string, limits: DecodeLimits, parse: () => unknown): unknown {
  const maxBytes = limits.maxBytes ?? defaultMaxBytes;
  if (text.length > maxBytes) throw badRequest(`yaml: the text is longer than ${maxBytes} bytes`);
  try {
    return parse();
  } catch (error) {
    if (error instanceof YAMLException) {
      throw badRequest(`yaml: ${explainYaml(error, text)}`);
    }
    throw error;
  }
}

// Aliases make the same object stand in several places; objects here are trees that may be changed.
function plain(text: string, document: unknown): unknown {
  return text.includes('*') ? copyTree(document, { left: maxExpandedNodes }, 0) : document;
}

function copyTree(value: unknown, budget: { left: number }, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (--budget.left < 0 || depth > maxDepth) throw badRequest('yaml: document contains excessive aliasing');
  if (Array.isArray(value)) return value.map((item) => copyTree(item, budget, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) copy[key] = copyTree(inner, budget, depth + 1);
  return copy;
}

function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}
