// House rules that a machine can check: the direction of imports, purity, banned globals, sizes of files.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** Each package may import those before it. */
const order = [
  'base',
  'http2',
  'api',
  'cel',
  'resources',
  'storage',
  'apiserver',
  'client',
  'controllers',
  'scheduler',
  'kubelet',
  'network',
  'sim',
  'distro',
];
/** Folders of otherwise pure packages where the machine begins. */
const edges = [
  /^packages\/http2\/src\/socket\//,
  /^packages\/storage\/src\/(lmdb|etcd|encryption)\//,
  /^packages\/apiserver\/src\/http\//,
  /^packages\/client\/src\/http\//,
  /^packages\/kubelet\/src\/(runtime\/cri|http|linux|real)\//,
  /^packages\/network\/src\/(proxy\/nft|cni|dns\/server|host)\//,
  /^packages\/distro\//,
];
const sizeLimit = 400;
const testSizeLimit = 800;
/** Lists of facts have no second idea inside. */
const dataFiles = /\/generated\/|\/bootstrap\/\w+_roles\.ts$/;

interface Source {
  path: string;
  pack: string;
  text: string;
  imports: string[];
  isTest: boolean;
  isEdge: boolean;
}

const sources = readdirSync(join(root, 'packages')).flatMap((pack) =>
  walk(join(root, 'packages', pack, 'src'), pack),
);

describe('packages', () => {
  test('import only packages that stand before them', () => {
    const wrong = sources
      .filter((source) => !source.isTest)
      .flatMap((source) =>
        source.imports
          .map((name) => /^@kubets\/([a-z0-9]+)/.exec(name)?.[1])
          .filter((other) => other !== undefined && order.indexOf(other) >= order.indexOf(source.pack))
          .map((other) => `${source.path} imports ${other}`),
      );
    expect(wrong).toEqual([]);
  });

  test('name no other package by a relative path', () => {
    const wrong = sources
      .filter((source) => !source.isTest)
      .flatMap((source) =>
        source.imports
          .filter(
            (name) =>
              name.startsWith('.') &&
              !join(source.path, '..', name).startsWith(`packages/${source.pack}/src`),
          )
          .map((name) => `${source.path} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe('pure code', () => {
  const pure = sources.filter((source) => !source.isTest && !source.isEdge);

  test('imports nothing of Node', () => {
    const natives = /^(node:|lmdb$|@grpc\/|ws$|pino$|prom-client$)/;
    expect(offences(pure, (source) => source.imports.filter((name) => natives.test(name)))).toEqual([]);
  });

  test('takes time and chance as arguments', () => {
    const banned =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|(?<![.\w])set(Timeout|Interval|Immediate)\(|\bperformance\.now\(|\bprocess\.(?:env|argv|pid|hrtime|memoryUsage|cwd|platform|uptime|nextTick)\b/g;
    const outside = pure.filter((source) => source.pack !== 'base');
    expect(offences(outside, (source) => withoutComments(source.text).match(banned) ?? [])).toEqual([]);
  });
});

describe('files', () => {
  test(`stay below ${sizeLimit} lines`, () => {
    const long = sources
      .filter((source) => !dataFiles.test(source.path))
      .map((source) => ({ ...source, lines: source.text.split('\n').length }))
      .filter(({ lines, isTest }) => lines > (isTest ? testSizeLimit : sizeLimit))
      .map(({ path, lines }) => `${path}: ${lines}`);
    expect(long).toEqual([]);
  });

  test('are not named for nothing in particular', () => {
    expect(
      sources
        .map((source) => source.path)
        .filter((path) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.|_)/.test(path)),
    ).toEqual([]);
  });

  test('are all used', () => {
    const imported = new Set<string>();
    for (const source of sources) {
      for (const name of source.imports) {
        if (name.startsWith('.')) imported.add(join(source.path, '..', name));
        const other = /^@kubets\/([a-z0-9]+)(?:\/(.+))?$/.exec(name);
        if (other) imported.add(`packages/${other[1]}/src/${other[2] ?? 'index.ts'}`);
      }
    }
    const roots = /\/(index|entry|conformance)\.ts$|\.(test|bench|fuzz|fixture)\.ts$|\/generated\//;
    expect(
      sources.map((source) => source.path).filter((path) => !roots.test(path) && !imported.has(path)),
    ).toEqual([]);
  });

  test('leave no unfinished business', () => {
    expect(offences(sources, (source) => source.text.match(/\b(TODO|FIXME|XXX|HACK)\b/g) ?? [])).toEqual([]);
  });
});

function offences(list: Source[], find: (source: Source) => readonly string[]): string[] {
  return list.flatMap((source) => [...new Set(find(source))].map((what) => `${source.path}: ${what}`));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

function walk(folder: string, pack: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path, pack);
    if (!entry.name.endsWith('.ts')) return [];
    const text = readFileSync(path, 'utf8');
    const name = relative(root, path);
    const imports = [
      ...text.matchAll(/^(?:import|export)[^;'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm),
    ];
    return [
      {
        path: name,
        pack,
        text,
        imports: imports.map((match) => (match[1] ?? match[2] ?? match[3])!),
        isTest: /\.(test|bench|fuzz)\.ts$|\/conformance\.ts$|\/testing\//.test(name),
        isEdge: edges.some((edge) => edge.test(name)),
      },
    ];
  });
}
