// Reads which values the fields of Kubernetes v1.36 can have from OpenAPI v3 documents of a running kube-apiserver (one file
// for each document, as `kubectl get --raw /openapi/v3/api/v1` prints it). Writes enums.txt, which is kept with the
// generator:
//   node tools/generate/read_enums.mjs <folder of documents>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortTypeName } from './type_tables.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('usage: node tools/generate/read_enums.mjs <folder of OpenAPI v3 documents>');
const enums = new Map();
for (const file of readdirSync(folder)) {
  const document = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {}))
    for (const [field, { enum: own, items, additionalProperties }] of Object.entries(
      schema.properties ?? {},
    )) {
      const values = own ?? items?.enum ?? additionalProperties?.enum;
      if (values) enums.set(`${shortTypeName(name)} ${field}`, JSON.stringify(values));
    }
}
const rows = [...enums].map(([name, values]) => `${name} ${values}\n`).sort();
const out = join(dirname(fileURLToPath(import.meta.url)), 'enums.txt');
writeFileSync(out, rows.join(''));
console.log(`${out}: ${rows.length} fields`);
