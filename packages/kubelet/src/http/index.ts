export { type ServeKubeletOptions, serveKubelet } from './serve_kubelet.ts';
