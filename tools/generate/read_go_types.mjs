// Reads from a checkout of Kubernetes what neither OpenAPI nor the field numbers tell: which fields are
// pointers, which are written in JSON though they are empty, which are inlined in JSON but messages in
// protobuf, which have another name there, and which are of a named type that no message is (`v1.SecretType`,
// as errors of the decoder call it). Writes go_fields.txt, which is kept with the generator:
//   node tools/generate/read_go_types.mjs <checkout of kubernetes v1.36>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortTypeName } from './type_tables.mjs';

const checkout = process.argv[2];
if (!checkout) throw new Error('usage: node tools/generate/read_go_types.mjs <checkout of kubernetes>');
const facts = {};
/** Named types that are no structs: `<folder>.<name>`. */
const named = new Set();
const folders = [];
visit(join(checkout, 'staging', 'src', 'k8s.io'));
for (const folder of folders) for (const source of sources(folder)) collectNamed(folder, source);
for (const folder of folders) readPackage(folder);
const rows = Object.keys(facts)
  .sort()
  .map((name) => `${name} ${JSON.stringify(facts[name])}\n`);
const out = join(dirname(fileURLToPath(import.meta.url)), 'go_fields.txt');
writeFileSync(out, rows.join(''));
console.log(`${out}: ${rows.length} types`);

function visit(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) visit(join(folder, entry.name));
    else if (entry.name === 'generated.proto') folders.push(folder);
  }
}

function readPackage(folder) {
  const proto = readFileSync(join(folder, 'generated.proto'), 'utf8');
  const name = /^package ([\w.]+);/m.exec(proto)[1];
  for (const source of sources(folder)) {
    const typeName = namesOf(folder, source);
    for (const [, type, body] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      const fact = factsOf(body, typeName);
      if (Object.keys(fact).length) facts[shortTypeName(`${name}.${type}`)] = fact;
    }
  }
}

function sources(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.go') && !/_test\.go$|generated|^zz_/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

function collectNamed(folder, source) {
  for (const [, type] of source.matchAll(/^\s?(?:type )?(\w+) (?:string|bool|u?int\d*|\[\]|map\[)[^`\n]*$/gm))
    named.add(`${folder}.${type}`);
}

/** The Go type of a field as reflection prints it; undefined where no part of it is a named type of the set. */
function namesOf(folder, source) {
  const imports = {};
  for (const [, alias, path] of source.matchAll(/^(?:\t|import )(?:(\w+) )?"(k8s\.io\/[^"]+)"/gm))
    imports[alias ?? path.split('/').pop()] = path;
  return (type) => {
    let found = false;
    const text = type.replace(/^\*/, '').replace(/(?:(\w+)\.)?([A-Z]\w*)/g, (_, alias, name) => {
      const path = alias && imports[alias];
      const home = path ? join(checkout, 'staging', 'src', path) : folder;
      found ||= named.has(`${home}.${name}`) || path === 'k8s.io/apimachinery/pkg/types';
      return `${(path ?? folder).split('/').pop()}.${name}`;
    });
    return found ? text.replaceAll('[]byte', '[]uint8') : undefined;
  };
}

function factsOf(body, typeName) {
  const pointer = [];
  const keep = [];
  const inline = [];
  const json = {};
  const go = {};
  for (const line of body.split('\n')) {
    const field = /^\t(?:(\w+)\s+)?(\S+)\s+`([^`]*)`/.exec(line);
    const tag = /json:"([^"]*)"/.exec(field?.[3] ?? '')?.[1];
    if (tag === undefined) continue;
    const protobuf = /protobuf:"([^"]*)"/.exec(field[3])?.[1];
    const [jsonName, ...options] = tag.split(',');
    const goName = field[1] ?? field[2].split('.').pop();
    const pbName = /name=(\w+)/.exec(protobuf ?? '')?.[1] ?? goName[0].toLowerCase() + goName.slice(1);
    if (options.includes('inline')) {
      if (protobuf) inline.push(pbName);
      continue;
    }
    if (jsonName === '-') continue;
    const name = typeName(field[2]);
    if (name) go[jsonName] = name;
    if (protobuf && pbName !== jsonName) json[pbName] = jsonName;
    if (field[2].startsWith('*')) pointer.push(jsonName);
    else if (!options.includes('omitempty')) keep.push(jsonName);
  }
  return {
    ...(pointer.length && { pointer }),
    ...(keep.length && { keep }),
    ...(inline.length && { inline }),
    ...(Object.keys(json).length && { json }),
    ...(Object.keys(go).length && { go }),
  };
}
