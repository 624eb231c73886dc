// The termination message of a container.
import type { ContainerStatus } from '@kubets/api/generated/cri.ts';
import { messagePathAnnotation, messagePolicyAnnotation } from '../container/labels.ts';
import type { Host } from '../host/host.ts';
import { parseLogLine } from '../logs/log_line.ts';

const maxMessageBytes = 4096;
const maxLogBytes = 2048;
const maxLogLines = 80;

/** What it wrote to its terminationMessagePath; after an error, where it wants that, the end of its log instead. */
export async function lastWords({ files }: Host, status: ContainerStatus): Promise<string> {
  const { annotations = {}, mounts = [] } = status;
  const path = annotations[messagePathAnnotation];
  const mount = mounts.find(({ containerPath }) => path && containerPath === path);
  const written = mount && (await files.read(mount.hostPath!, { tailBytes: maxMessageBytes }));
  if (written && written.length > 0) return new TextDecoder().decode(written);
  const fallBack =
    annotations[messagePolicyAnnotation] === 'FallbackToLogsOnError' &&
    (status.exitCode ?? 0) !== 0 &&
    status.reason !== 'ContainerCannotRun';
  return fallBack && status.logPath ? endOfLog(files, status.logPath) : '';
}

async function endOfLog(files: Host['files'], path: string): Promise<string> {
  // Lines carry a time and a stream, so twice the message's size holds more than enough of them.
  const data = await files.read(path, { tailBytes: 16 * maxLogBytes });
  if (!data) return '';
  const lines = new TextDecoder()
    .decode(data)
    .split('\n')
    .slice(-maxLogLines - 1);
  const text = lines
    .map((line) => parseLogLine(line))
    .filter((line) => line !== undefined)
    .map(({ content, partial }) => (partial ? content : `${content}\n`))
    .join('');
  const bytes = new TextEncoder().encode(text);
  return new TextDecoder().decode(bytes.subarray(Math.max(0, bytes.length - maxLogBytes)));
}
