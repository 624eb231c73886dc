// What Linux knows of this process, under the names that Prometheus clients use.
import { readdirSync, readFileSync } from 'node:fs';

export function* processMetrics(): Generator<string> {
  const { user, system } = process.cpuUsage();
  yield* shown('process_cpu_seconds_total', 'counter', 'CPU time used, in seconds.', (user + system) / 1e6);
  const startedAt = (Date.now() - process.uptime() * 1000) / 1000;
  yield* shown('process_start_time_seconds', 'gauge', 'When the process started, as a Unix time.', startedAt);
  const memory = process.memoryUsage.rss();
  yield* shown('process_resident_memory_bytes', 'gauge', 'Memory in RAM.', memory);
  const files = read(() => readdirSync('/proc/self/fd').length);
  if (files !== undefined) yield* shown('process_open_fds', 'gauge', 'Open files.', files);
  const limits = read(() => readFileSync('/proc/self/limits', 'utf8'));
  const mostFiles = Number(/^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1]);
  if (mostFiles) yield* shown('process_max_fds', 'gauge', 'Most files that may be open.', mostFiles);
  const status = read(() => readFileSync('/proc/self/status', 'utf8'));
  const virtual = Number(/^VmSize:\s+(\d+) kB/m.exec(status ?? '')?.[1]);
  if (virtual) yield* shown('process_virtual_memory_bytes', 'gauge', 'Address space in use.', virtual * 1024);
}

// Elsewhere than on Linux there is no /proc.
function read<T>(from: () => T): T | undefined {
  try {
    return from();
  } catch {
    return undefined;
  }
}

function* shown(name: string, type: string, help: string, value: number): Generator<string> {
  yield `# HELP ${name} ${help}`;
  yield `# TYPE ${name} ${type}`;
  yield `${name} ${value}`;
}
