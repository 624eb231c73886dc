import { expect, test } from 'vitest';
import { parseRequestInfo } from './request_info.ts';

const parse = (method: string, url: string) => {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const info = parseRequestInfo(method, pathname, searchParams);
  const { verb, group, version, namespace, resource, name, subresource, rest } = info;
  if (!info.isResource) return `path ${verb}`;
  return [verb, `${group}/${version}`, namespace, resource, name, subresource, rest ?? ''].join('|');
};

test.each([
  ['GET', '/api/v1/pods', 'list|/v1||pods|||'],
  ['GET', '/api/v1/namespaces/d/pods', 'list|/v1|d|pods|||'],
  ['GET', '/api/v1/namespaces/d/pods?watch=1', 'watch|/v1|d|pods|||'],
  ['GET', '/api/v1/namespaces/d/pods?watch=false', 'list|/v1|d|pods|||'],
  ['GET', '/api/v1/namespaces/d/pods/p', 'get|/v1|d|pods|p||'],
  ['HEAD', '/api/v1/namespaces/d/pods/p', 'get|/v1|d|pods|p||'],
  ['PUT', '/api/v1/namespaces/d/pods/p/status', 'update|/v1|d|pods|p|status|'],
  ['POST', '/apis/apps/v1/namespaces/d/deployments', 'create|apps/v1|d|deployments|||'],
  ['DELETE', '/apis/apps/v1/namespaces/d/deployments', 'deletecollection|apps/v1|d|deployments|||'],
  ['DELETE', '/apis/apps/v1/namespaces/d/deployments/x', 'delete|apps/v1|d|deployments|x||'],
  ['PATCH', '/api/v1/nodes/n', 'patch|/v1||nodes|n||'],
  ['GET', '/api/v1/namespaces', 'list|/v1||namespaces|||'],
  ['GET', '/api/v1/namespaces/d', 'get|/v1|d|namespaces|d||'],
  ['PUT', '/api/v1/namespaces/d/finalize', 'update|/v1|d|namespaces|d|finalize|'],
  ['GET', '/api/v1/namespaces/d/status', 'get|/v1|d|namespaces|d|status|'],
  ['GET', '/api/v1/namespaces/d/pods/p/proxy/a/b', 'get|/v1|d|pods|p|proxy|a/b'],
  ['GET', '/api/v1/watch/namespaces/d/pods', 'watch|/v1|d|pods|||'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Dp,spec.nodeName%3Dn', 'list|/v1||pods|p||'],
  ['GET', '/api/v1/namespaces/d/configmaps/a%20b', 'get|/v1|d|configmaps|a b||'],
  ['GET', '/api/v1/namespaces/d/configmaps%2Fa', 'get|/v1|d|configmaps|a||'],
  ['GET', '/%61pi/v1/nodes/', 'list|/v1||nodes|||'],
  ['GET', '/api/v1/namespaces/d/', 'get|/v1|d|namespaces|d||'],
  ['GET', '/api/v1/namespaces//configmaps', 'list|/v1||configmaps|||'],
  ['GET', '/api/v1/namespaces/d/pods/p/status/', 'get|/v1|d|pods|p|status|'],
  ['GET', '/api/v1/namespaces/d/pods/p/proxy/a%3Fb/%C3%A9/', 'get|/v1|d|pods|p|proxy|a%3Fb/%C3%A9/'],
  ['GET', '/healthz', 'path get'],
  ['GET', '/api', 'path get'],
  ['GET', '/api/v1', 'path get'],
  ['GET', '/api/v1/', 'path get'],
  ['GET', '/apis/apps', 'path get'],
  ['GET', '/apis/apps/v1', 'path get'],
  ['POST', '/', 'path post'],
])('%s %s', (method, url, expected) => {
  expect(parse(method, url)).toBe(expected);
});

test('a path that is no percent-encoding', () => {
  expect(() => parseRequestInfo('GET', '/api/v1/nodes/%zz', new URLSearchParams())).toThrow(
    'invalid URL escape',
  );
  expect(parseRequestInfo('GET', '/api/v1/nodes/%ff', new URLSearchParams()).name).toBe('\ufffd');
});
