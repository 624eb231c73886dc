// What Linux knows of processes.
import { readFileSync } from 'node:fs';

/** The fields of /proc/PID/stat from the third on: state, parent, ... (proc(5)). */
export function statOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export function isAlive(pid) {
  try {
    return statOf(pid)[0] !== 'Z';
  } catch {
    return false;
  }
}

export function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid);
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

export function memoryMiB(pids) {
  return pids.reduce((sum, pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return sum + Number(/^VmRSS:\s*(\d+)/m.exec(status)[1]) / 1024;
  }, 0);
}
