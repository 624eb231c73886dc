import { access } from 'node:fs/promises';
import { ContainerState } from '@kubets/api/generated/cri.ts';
import { parseLogOptions } from '../logs/log_filter.ts';
import { loggedContainer, podOf } from './find_container.ts';
import {
  type KubeletAnswer,
  type KubeletApi,
  KubeletApiError,
  type KubeletRequest,
} from './kubelet_request.ts';
import { logStream } from './log_stream.ts';

/** GET /containerLogs/{namespace}/{pod}/{container} */
export async function containerLogs(api: KubeletApi, request: KubeletRequest): Promise<KubeletAnswer> {
  const { namespace, pod: name, container } = request.params;
  const options = parseLogOptions(request.query, api.clock.now());
  if (typeof options === 'string') throw new KubeletApiError(422, options);
  const pod = podOf(api, namespace!, name!);
  const id = loggedContainer(pod, container!, options.previous);
  const status = await api.runtime.containerStatus(id);
  if (!status?.logPath) throw new KubeletApiError(400, `unable to retrieve container logs for ${id}`);
  const running = async () => {
    const state = (await api.runtime.containerStatus(id))?.state;
    return state === ContainerState.CONTAINER_RUNNING || state === ContainerState.CONTAINER_CREATED;
  };
  // While an error can still be answered.
  await access(status.logPath).catch((error) => {
    throw new KubeletApiError(400, `failed to open log file "${status.logPath}": ${error.message}`);
  });
  return {
    status: 200,
    contentType: 'text/plain',
    body: logStream({
      ...options,
      path: status.logPath,
      clock: api.clock,
      signal: request.signal,
      running,
    }),
  };
}
