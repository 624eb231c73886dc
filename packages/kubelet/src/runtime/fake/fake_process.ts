// How a simulated container behaves: from its command, or from what its pod's annotations say.

export interface FakeProcess {
  /** Undefined runs until it is stopped. */
  exitAfterMs?: number;
  exitCode: number;
  /** CRI's word: `OOMKilled`; else Completed or Error by the exit code. */
  reason?: string;
}

export const simPrefix = 'sim.kubets.io/';

/**
 * Annotations of the pod, for all containers or (`<container>.run-seconds`) for one:
 * `sim.kubets.io/run-seconds`, `sim.kubets.io/exit-code`, `sim.kubets.io/exit-reason`.
 * Else the command: `sleep 5`, `true`, `false`, `exit 3`, also in `sh -c 'sleep 5; exit 1'`.
 */
export function fakeProcess(
  container: string,
  command: readonly string[],
  annotations: Readonly<Record<string, string>>,
): FakeProcess {
  const said = (name: string) =>
    annotations[`${simPrefix}${container}.${name}`] ?? annotations[`${simPrefix}${name}`];
  const runSeconds = said('run-seconds');
  const exitCode = said('exit-code');
  const reason = said('exit-reason');
  if (runSeconds !== undefined || exitCode !== undefined)
    return {
      exitAfterMs: Number(runSeconds ?? 0) * 1000,
      exitCode: Number(exitCode ?? 0),
      ...(reason && { reason }),
    };
  const shell = /(?:^|\/)(?:ba|a|da)?sh$/.test(command[0] ?? '') && command[1]?.endsWith('c');
  const script = shell ? (command[2] ?? '') : command.join(' ');
  return script === '' ? { exitCode: 0 } : runScript(script);
}

/** Only statements that it knows end a script; with any other it is taken to run on. */
function runScript(script: string): FakeProcess {
  let atMs = 0;
  let code = 0;
  for (const statement of script.split(/;|\n|&&/)) {
    const [word = '', argument] = statement.trim().split(/\s+/);
    switch (word.replace(/^.*\//, '')) {
      case '':
      case 'echo':
      case 'set':
        break;
      case 'true':
        code = 0;
        break;
      case 'false':
        code = 1;
        break;
      case 'sleep': {
        const ms = durationMs(argument);
        if (ms === undefined) return { exitCode: 0 };
        atMs += ms;
        code = 0;
        break;
      }
      case 'exit':
        return { exitAfterMs: atMs, exitCode: Number(argument ?? code) };
      default:
        return { exitCode: 0 };
    }
  }
  return { exitAfterMs: atMs, exitCode: code };
}

/** `5`, `0.5`, `2m`; undefined for `inf`. */
function durationMs(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text ?? '');
  if (!match) return undefined;
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[match[2] || 's']!;
  return Number(match[1]) * unit * 1000;
}
