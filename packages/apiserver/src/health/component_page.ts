// Pages of a component about itself: text for people and, for programs that ask for it by name, an object
// (KEP-4827, KEP-4828).
import { formatYaml, notAcceptable } from '@kubets/api';
import type { Endpoint } from '../call.ts';
import { onlyGet } from '../discovery/endpoints.ts';

export interface ComponentPage {
  /** `Statusz` */
  kind: string;
  /** What follows the heading. */
  text(): string;
  /** Of the object, beside its type and name. */
  fields(): object;
}

const accepted = 'application/json, application/yaml, text/plain';
const warning =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.';

export function componentPageEndpoint(page: ComponentPage): Endpoint {
  const name = page.kind.toLowerCase();
  return async (call) => {
    onlyGet(call);
    const form = formOf(page.kind, call.request.headers['accept'] || '*/*');
    if (!form) throw notAcceptable(`only the following media types are accepted: ${accepted}`);
    if (form.type === 'text') {
      const body = `\napiserver ${name}\n${warning}\n${page.text()}\n`;
      return { type: 'raw', status: 200, contentType: 'text/plain; charset=utf-8', body };
    }
    const { type, version } = form;
    const object = {
      kind: page.kind,
      apiVersion: `config.k8s.io/${version}`,
      metadata: { name: 'apiserver' },
      ...page.fields(),
    };
    const deprecated = `299 - "This version of the ${name} endpoint is deprecated. Please use a newer version."`;
    return {
      type: 'raw',
      status: 200,
      contentType: `application/${type};g=config.k8s.io;v=${version};as=${page.kind}`,
      body: type === 'yaml' ? formatYaml(object) : `${JSON.stringify(object)}\n`,
      ...(version === 'v1alpha1' && { headers: { warning: deprecated } }),
    };
  };
}

type Form = { type: 'text' } | { type: 'json' | 'yaml'; version: string };

/** Objects only for those who name the kind and its version: it may change. */
function formOf(kind: string, accept: string): Form | undefined {
  for (const clause of accept.split(',')) {
    const [mediaType = '', ...parameters] = clause.split(';').map((part) => part.trim());
    if (['text/plain', 'text/*', '*/*'].includes(mediaType)) return { type: 'text' };
    const given = new Set(parameters);
    const version = ['v1beta1', 'v1alpha1'].find((each) => given.has(`v=${each}`));
    if (!version || !given.has('g=config.k8s.io') || !given.has(`as=${kind}`)) continue;
    if (mediaType === 'application/json') return { type: 'json', version };
    if (mediaType === 'application/yaml') return { type: 'yaml', version };
  }
  return undefined;
}
