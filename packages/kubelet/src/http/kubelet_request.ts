import type { UserInfo } from '@kubets/api';
import type { Clock, Logger } from '@kubets/base';
import type { Kubelet } from '../kubelet.ts';
import type { MachineStats } from '../linux/machine_stats.ts';
import type { NodeConfig } from '../node/node_config.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';

/** What the handlers of the kubelet's API have at hand. */
export interface KubeletApi {
  kubelet: Kubelet;
  runtime: ContainerRuntime;
  node: NodeConfig;
  clock: Clock;
  log: Logger;
  machine(): Promise<MachineStats>;
}

export interface KubeletRequest {
  method: string;
  /** What stands for `{name}` in the route. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  user: UserInfo;
  signal: AbortSignal;
}

export interface KubeletAnswer {
  status: number;
  contentType: string;
  body: string | AsyncIterable<Uint8Array>;
}

export function text(status: number, body: string): KubeletAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

export function json(body: object): KubeletAnswer {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(body) };
}

/** A refusal, as the kubelet's plain-text errors are. */
export class KubeletApiError extends Error {
  override readonly name = 'KubeletApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
