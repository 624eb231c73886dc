// /openapi/v2 and /openapi/v3: documents are made when first asked for, and kept as long as what they tell of is there.
import { encodeJson } from '@kubets/api';
import type { Call, Endpoint } from '../call.ts';
import type { ApiResult } from '../request.ts';
import type { RouteTable } from '../routes/route_table.ts';
import type { Descriptions } from './descriptions/index.ts';
import { openapiDocument, type Section, sectionsOf, swaggerDocument } from './documents.ts';
import { fingerprint } from './fingerprint.ts';
import { encodeOpenapi, openapiMessageType } from './openapi_message.ts';
import { encodeSwagger, swaggerMessageType } from './swagger_message.ts';

export interface OpenapiOptions {
  routes: RouteTable;
  /** `v1.36.0` */
  version: string;
}

type Form = 'json' | 'protobuf';

interface Document {
  /** Upper-case hexadecimal: the ETag, and `?hash=` of the list. */
  hash: string;
  bytes(form: Form): Uint8Array;
}

interface Documents {
  generation: number;
  swagger: Document;
  sections: ReadonlyMap<string, Document>;
}

export function openapiEndpoints({ routes, version }: OpenapiOptions) {
  // As documents say it: without the patch release.
  const release = /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;
  const kept = new WeakMap<Section, Document>();
  const documentOf = (section: Section, words: Descriptions): Document => {
    let found = kept.get(section);
    if (!found) {
      const make = () => openapiDocument(section, release, words);
      found = lazyDocument(fingerprint([section], version, words), make, encodeOpenapi);
      kept.set(section, found);
    }
    return found;
  };
  let known: Documents | undefined;
  const documents = async (): Promise<Documents> => {
    // Only now: many servers run for long before anybody asks.
    const words = await import('./descriptions/index.ts');
    if (known?.generation !== routes.generation) {
      const sections = sectionsOf([...routes.versions()]);
      known = {
        generation: routes.generation,
        swagger: lazyDocument(
          fingerprint(sections, version, words),
          () => swaggerDocument(sections, release, words),
          encodeSwagger,
        ),
        sections: new Map(sections.map((section) => [section.name, documentOf(section, words)])),
      };
    }
    return known;
  };

  const v2: Endpoint = async (call) => {
    const form = wantedForm(call, 'v2');
    return answer(call, (await documents()).swagger, form, swaggerMessageType, 'Accept-Encoding, Accept');
  };
  const v3: Endpoint = async () => {
    const paths = Object.fromEntries(
      [...(await documents()).sections].map(([name, { hash }]) => [
        name,
        { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` },
      ]),
    );
    const body = JSON.stringify({ paths });
    return { type: 'raw', status: 200, contentType: 'text/plain; charset=utf-8', body };
  };
  const v3Of: Endpoint = async (call) => {
    const name = call.request.path.slice('/openapi/v3/'.length);
    const document = (await documents()).sections.get(name);
    if (!document) return { type: 'raw', status: 404, contentType: '', body: '' };
    const form = wantedForm(call, 'v3');
    const asked = call.request.query.get('hash');
    if (!form || !asked) return answer(call, document, form, openapiMessageType, 'Accept');
    if (asked !== document.hash) {
      const { contentType, headers } = headersOf(document, form, openapiMessageType, 'Accept');
      const location = `/openapi/v3/${name}?hash=${document.hash}`;
      return { type: 'raw', status: 301, contentType, body: '', headers: { ...headers, location } };
    }
    // What a hash names never changes: clients need not ask again.
    return answer(call, document, form, openapiMessageType, 'Accept', {
      'cache-control': 'public, immutable',
    });
  };
  return { exact: { '/openapi/v2': v2, '/openapi/v3': v3 }, prefixes: { '/openapi/v3/': v3Of } };
}

function lazyDocument(hash: string, make: () => object, toMessage: (document: any) => Uint8Array): Document {
  const encoded = new Map<Form, Uint8Array>();
  return {
    hash,
    bytes(form) {
      let bytes = encoded.get(form);
      if (!bytes) encoded.set(form, (bytes = form === 'json' ? encodeJson(make()) : toMessage(make())));
      return bytes;
    },
  };
}

function answer(
  call: Call,
  document: Document,
  form: Form | undefined,
  messageType: string,
  vary: string,
  more: Record<string, string> = {},
): ApiResult {
  if (!form) return { type: 'raw', status: 406, contentType: '', body: '', headers: { vary } };
  const { contentType, headers } = headersOf(document, form, messageType, vary);
  if (call.request.headers['if-none-match'] === headers.etag)
    return { type: 'raw', status: 304, contentType, body: '', headers: { ...headers, ...more } };
  return {
    type: 'raw',
    status: 200,
    contentType,
    body: document.bytes(form),
    headers: { ...headers, ...more },
  };
}

function headersOf({ hash }: Document, form: Form, messageType: string, vary: string) {
  return {
    contentType: form === 'json' ? 'application/json' : messageType,
    headers: { etag: `"${hash}"`, vary },
  };
}

/** The first that the client accepts; undefined where it accepts none. */
function wantedForm({ request }: Call, dialect: 'v2' | 'v3'): Form | undefined {
  const clauses = (request.headers['accept'] || '*/*').split(',').map((clause) => {
    const [mediaType = '', ...parameters] = clause.split(';').map((part) => part.trim());
    const quality = parameters.find((each) => each.startsWith('q='));
    return { mediaType, quality: quality ? Number(quality.slice(2)) : 1 };
  });
  clauses.sort((a, b) => b.quality - a.quality);
  for (const { mediaType, quality } of clauses) {
    if (quality === 0) continue;
    if (['application/json', 'application/*', '*/*'].includes(mediaType)) return 'json';
    // Clients write an `@` before the version, which no media type can have; both are meant.
    const name = `application/com.github.proto-openapi.spec.${dialect}`;
    if (mediaType === `${name}@v1.0+protobuf` || mediaType === `${name}.v1.0+protobuf`) return 'protobuf';
  }
  return undefined;
}
