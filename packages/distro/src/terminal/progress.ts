// What a person sees while something takes a moment: a line for each step, with its time.
export interface Progress {
  /** Runs `work` under a line; the line says how long it took, or that it failed. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
}

export function lineProgress(out: NodeJS.WriteStream = process.stderr): Progress {
  return {
    async step(what, work) {
      const start = performance.now();
      if (out.isTTY) out.write(`  … ${what}`);
      const end = (mark: string) => {
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        out.write(`${out.isTTY ? '\r' : ''}  ${mark} ${what} ${seconds} s\n`);
      };
      try {
        const result = await work();
        end('✓');
        return result;
      } catch (error) {
        end('✗');
        throw error;
      }
    },
  };
}

/** `12 Mi`, for people. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} Ki`;
  return `${Math.round(bytes / (1024 * 1024))} Mi`;
}
