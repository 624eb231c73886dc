import { encodeUnknown, statusError } from '@kubets/api';
import type { Call, Endpoint } from '../call.ts';
import { checkAcceptable, objectTypes } from '../decode/acceptable.ts';
import { contentTypes, negotiate } from '../encode/negotiate.ts';
import type { ApiResult } from '../request.ts';
import { pageNotFound, textNotFound } from '../routes/dispatch.ts';
import type { RouteTable } from '../routes/route_table.ts';
import { objectAnswer } from '../verbs/answer.ts';
import { type AggregatedDocument, aggregatedDocument, aggregatedForm } from './aggregated_form.ts';
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  type Group,
  groupsOf,
} from './documents.ts';

export interface DiscoveryOptions {
  routes: RouteTable;
  /** `10.0.0.1:6443`, as told to clients. */
  serverAddress: string;
}

/** What is made of the whole table; parts of single versions are kept with the versions. */
interface Documents {
  generation: number;
  groups: Group[];
  aggregated: Map<'api' | 'apis', AggregatedDocument>;
}

/** `/api` and `/apis` and what is right below them, made when first asked for and when the routes have changed. */
export function discoveryEndpoints({ routes, serverAddress }: DiscoveryOptions) {
  let known: Documents | undefined;
  const documents = (): Documents => {
    if (known?.generation !== routes.generation)
      known = { generation: routes.generation, groups: groupsOf(routes), aggregated: new Map() };
    return known;
  };
  const root =
    (top: 'api' | 'apis'): Endpoint =>
    async (call) => {
      if (top === 'api') onlyGet(call);
      const found = documents();
      const form = aggregatedForm(call.request.headers['accept']);
      if (!form)
        return top === 'api'
          ? restfulAnswer(apiVersions(serverAddress), 'APIVersions', call)
          : objectAnswer(apiGroupList(found.groups));
      let document = found.aggregated.get(top);
      if (!document) {
        document = aggregatedDocument(aggregatedDiscovery(found.groups, top === 'api'));
        found.aggregated.set(top, document);
      }
      return aggregatedAnswer(document, document.encode(form), call);
    };
  const below: Endpoint = async (call) => {
    const [, top, first = '', second] = call.request.path.replace(/\/$/, '').split('/');
    const name = top === 'api' ? '' : first;
    const version = top === 'api' ? first : second;
    const group = documents().groups.find((each) => each.name === name);
    if (!group) return textNotFound;
    const served = version === undefined || group.versions.find((each) => each.version === version);
    if (!served) throw pageNotFound();
    onlyGet(call);
    if (served === true) return objectAnswer(apiGroup(group));
    return restfulAnswer(apiResourceList(served), name === '' ? 'APIResourceList' : undefined, call);
  };
  return {
    exact: { '/api': root('api'), '/apis': root('apis') },
    prefixes: { '/api/': below, '/apis/': below },
    /** For the list at `/`. */
    paths: () => [
      '/apis/',
      ...documents().groups.flatMap(({ name, versions }) =>
        name
          ? [`/apis/${name}`, ...versions.map(({ version }) => `/apis/${name}/${version}`)]
          : versions.map(({ version }) => `/api/${version}`),
      ),
    ],
  };
}

// What upstream's router answers without its handlers: it says in words of its own which forms there are.
// Documents of the core group (`kind`) don't say their version, so that the encoder would not know their message.
function restfulAnswer(object: object, kind: string | undefined, call: Call): ApiResult {
  const accept = call.request.headers['accept'];
  checkAcceptable(accept, objectTypes);
  if (!kind || negotiate(accept).mediaType !== 'protobuf') return objectAnswer(object);
  const body = encodeUnknown('', kind, `meta.v1.${kind}`, object);
  return { type: 'raw', status: 200, contentType: contentTypes.protobuf, body };
}

/** Even HEAD is refused, as upstream's router does. */
export function onlyGet({ request }: Call): void {
  if (request.method === 'GET') return;
  throw statusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

function aggregatedAnswer(
  { etag }: AggregatedDocument,
  { contentType, body }: { contentType: string; body: string | Uint8Array },
  call: Call,
): ApiResult {
  const headers = { etag, vary: 'Accept', 'cache-control': 'public' };
  const unchanged = call.request.headers['if-none-match'] === etag;
  return { type: 'raw', status: unchanged ? 304 : 200, contentType, body: unchanged ? '' : body, headers };
}
