// Reads from a checkout of Kubernetes what neither OpenAPI nor the field numbers tell: which fields are
// pointers, which are written in JSON though they are empty, which are inlined in JSON but messages in
// protobuf, and which have another name there. Writes go_fields.txt, which is kept with the generator:
//   node tools/generate/read_go_types.mjs <checkout of kubernetes v1.36>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortTypeName } from './type_tables.mjs';

const checkout = process.argv[2];
if (!checkout) throw new Error('usage: node tools/generate/read_go_types.mjs <checkout of kubernetes>');
const facts = {};
visit(join(checkout, 'staging', 'src', 'k8s.io'));
const rows = Object.keys(facts)
  .sort()
  .map((name) => `${name} ${JSON.stringify(facts[name])}\n`);
const out = join(dirname(fileURLToPath(import.meta.url)), 'go_fields.txt');
writeFileSync(out, rows.join(''));
console.log(`${out}: ${rows.length} types`);

function visit(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) visit(join(folder, entry.name));
    else if (entry.name === 'generated.proto') readPackage(folder);
  }
}

function readPackage(folder) {
  const proto = readFileSync(join(folder, 'generated.proto'), 'utf8');
  const name = /^package ([\w.]+);/m.exec(proto)[1];
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.go') || /_test\.go$|generated|^zz_/.test(file)) continue;
    const source = readFileSync(join(folder, file), 'utf8');
    for (const [, type, body] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      const fact = factsOf(body);
      if (Object.keys(fact).length) facts[shortTypeName(`${name}.${type}`)] = fact;
    }
  }
}

function factsOf(body) {
  const pointer = [];
  const keep = [];
  const inline = [];
  const json = {};
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
    if (protobuf && pbName !== jsonName) json[pbName] = jsonName;
    if (field[2].startsWith('*')) pointer.push(jsonName);
    else if (!options.includes('omitempty')) keep.push(jsonName);
  }
  return {
    ...(pointer.length && { pointer }),
    ...(keep.length && { keep }),
    ...(inline.length && { inline }),
    ...(Object.keys(json).length && { json }),
  };
}
