// /openapi/v2 and /openapi/v3: made when first asked for, kept as bytes until the routes change.
import { encodeJson, notAcceptable } from '@kubets/api';
import type { Call, Endpoint } from '../call.ts';
import { sha256Hex } from '../discovery/digest.ts';
import type { ApiResult } from '../request.ts';
import { pageNotFound } from '../routes/dispatch.ts';
import type { GroupVersion, RouteTable } from '../routes/route_table.ts';
import { openapiDocument, swaggerDocument } from './documents.ts';
import { encodeSwagger, swaggerMessageType } from './swagger_message.ts';

export interface OpenapiOptions {
  routes: RouteTable;
  /** `v1.36.0` */
  version: string;
}

interface Bytes {
  body: Uint8Array;
  etag: string;
}

export function openapiEndpoints({ routes, version }: OpenapiOptions) {
  let generation = -1;
  const kept = new Map<string, Promise<Bytes>>();
  const once = (key: string, make: () => Uint8Array): Promise<Bytes> => {
    if (generation !== routes.generation) {
      kept.clear();
      generation = routes.generation;
    }
    let made = kept.get(key);
    if (!made) {
      made = (async () => {
        const body = make();
        return { body, etag: `"${await sha256Hex(body)}"` };
      })();
      kept.set(key, made);
    }
    return made;
  };
  const swagger = () => swaggerDocument([...routes.versions()], version);

  const v2: Endpoint = async (call) => {
    const accept = call.request.headers['accept'] ?? '';
    if (accept.includes('proto-openapi.spec.v2@v1.0+protobuf'))
      return bytesAnswer(await once('v2 protobuf', () => encodeSwagger(swagger())), swaggerMessageType, call);
    return bytesAnswer(await once('v2', () => encodeJson(swagger())), 'application/json', call);
  };
  const v3: Endpoint = async (call) =>
    bytesAnswer(await once('v3', () => encodeJson(rootDocument(routes))), 'application/json', call);
  const v3Of: Endpoint = async (call) => {
    const name = call.request.path.slice('/openapi/v3/'.length);
    const found = versionOf(routes, name);
    if (!found) throw pageNotFound();
    const accept = call.request.headers['accept'];
    if (accept && !/json|\*\/\*|application\/\*/.test(accept))
      throw notAcceptable('only the following media types are accepted: application/json');
    const made = await once(`v3 ${name}`, () => encodeJson(openapiDocument(found, version)));
    return bytesAnswer(made, 'application/json', call);
  };
  return { exact: { '/openapi/v2': v2, '/openapi/v3': v3 }, prefixes: { '/openapi/v3/': v3Of } };
}

// Clients keep what they fetched by hash, forever: it changes with the set of routes.
function rootDocument(routes: RouteTable): object {
  const paths: Record<string, object> = {};
  for (const { group, version, resources } of routes.versions()) {
    const name = group ? `apis/${group}/${version}` : `api/${version}`;
    const hash = hashText([...resources.keys()].join(','));
    paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}${routes.generation}` };
  }
  return { paths };
}

/** FNV-1a, 32 bits: enough to tell two lists of resources apart. */
function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

function versionOf(routes: RouteTable, name: string): GroupVersion | undefined {
  const parts = name.split('/');
  if (parts[0] === 'api' && parts.length === 2) return routes.version('', parts[1]!);
  if (parts[0] === 'apis' && parts.length === 3) return routes.version(parts[1]!, parts[2]!);
  return undefined;
}

function bytesAnswer({ body, etag }: Bytes, contentType: string, call: Call): ApiResult {
  const headers = { etag, vary: 'Accept' };
  if (call.request.headers['if-none-match'] === etag)
    return { type: 'raw', status: 304, contentType, body: '', headers };
  return { type: 'raw', status: 200, contentType, body, headers };
}
