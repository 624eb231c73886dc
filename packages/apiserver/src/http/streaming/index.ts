// Streams over upgraded connections: exec, attach, port-forward. `createServeStreaming` is the API server's part,
// between WebSocket clients and kubelets; the `accept` functions are for a kubelet that runs commands itself.
export { type JoinSocketsOptions, joinSockets } from './join_sockets.ts';
export {
  type AcceptPortForwardOptions,
  acceptPortForward,
} from './port_forward/accept.ts';
export { type AcceptRemoteCommandOptions, acceptRemoteCommand } from './remote_command/accept.ts';
export {
  exitCodeStatus,
  type RemoteCommand,
  type RemoteCommandOptions,
  remoteCommandOptions,
  success,
} from './remote_command/remote_command.ts';
export { type TerminalSize, terminalSizes } from './remote_command/terminal_sizes.ts';
export { createServeStreaming, serveStreaming } from './serve_streaming.ts';
export { SpdySession, type SpdySessionOptions } from './spdy/session.ts';
export { SpdyStream } from './spdy/stream.ts';
export type { UpgradeRequest } from './web_socket_accept.ts';
export { sendOverWebSocket } from './web_socket_reader.ts';
