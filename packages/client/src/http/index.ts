export { type HttpTransport, type HttpTransportOptions, httpTransport } from './http_transport.ts';
export { type Kubeconfig, loadKubeconfig } from './load_kubeconfig.ts';
export type { Renewable, ServerAddress } from './tls_options.ts';
