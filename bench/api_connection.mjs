// One HTTP/2 connection to the API server of a kubeconfig's current context.
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { load } from 'js-yaml';

export async function connectTo(kubeconfig) {
  const config = load(readFileSync(kubeconfig, 'utf8'));
  const { context } = config.contexts.find(({ name }) => name === config['current-context']);
  const { cluster } = config.clusters.find(({ name }) => name === context.cluster);
  const { user } = config.users.find(({ name }) => name === context.user);
  const data = (inline, file) =>
    inline ? Buffer.from(inline, 'base64') : file ? readFileSync(file) : undefined;
  const session = connect(cluster.server, {
    ca: data(cluster['certificate-authority-data'], cluster['certificate-authority']),
    cert: data(user['client-certificate-data'], user['client-certificate']),
    key: data(user['client-key-data'], user['client-key']),
    rejectUnauthorized: !cluster['insecure-skip-tls-verify'],
    maxSessionMemory: 512,
    // The windows that Go's HTTP/2 client opens: servers of this API are written to by Go programs.
    settings: { initialWindowSize: 4 * 1024 * 1024 },
  });
  await new Promise((resolve, reject) => {
    session.once('connect', resolve);
    session.once('error', reject);
  });
  session.setLocalWindowSize(1024 * 1024 * 1024);
  session.on('error', () => {});
  const authorization = user.token ? { authorization: `Bearer ${user.token}` } : {};

  const open = (method, path, body, headers = {}) => {
    const stream = session.request({
      ':method': method,
      ':path': path,
      accept: 'application/json',
      ...(body && { 'content-type': contentTypeOf(method) }),
      ...headers,
      ...authorization,
    });
    stream.end(body && JSON.stringify(body));
    return stream;
  };

  return {
    /** Resolves to the status and the body's text. */
    request(method, path, body, headers) {
      return new Promise((resolve, reject) => {
        const stream = open(method, path, body, headers);
        let status = 0;
        const parts = [];
        stream.on('response', (headers) => (status = headers[':status']));
        stream.on('data', (part) => parts.push(part));
        stream.on('end', () => resolve({ status, text: () => Buffer.concat(parts).toString() }));
        stream.on('error', reject);
      });
    },
    /** Counts events of a watch until `count` have come. */
    watch(path, count) {
      const stream = open('GET', path);
      let seen = 0;
      const done = new Promise((resolve, reject) => {
        stream.on('data', (part) => {
          for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) seen++;
          if (seen >= count) {
            stream.close();
            resolve(seen);
          }
        });
        stream.on('error', reject);
      });
      const opened = new Promise((resolve) => stream.once('response', resolve));
      return { opened, done };
    },
    /** A connection beside this one. */
    another: () => connectTo(kubeconfig),
    close: () => session.close(),
  };
}

function contentTypeOf(method) {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}
