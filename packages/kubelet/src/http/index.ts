export { type DelegatedAuthOptions, delegatedAuth } from './delegated_auth.ts';
export { type ServeKubeletOptions, serveKubelet } from './serve_kubelet.ts';
