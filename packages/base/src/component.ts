// What a process is made of: parts that run until they are told to stop.

export interface Component {
  readonly name: string;
  /** Runs until `signal` aborts, then resolves. A rejection means that the process can't go on. */
  run(signal: AbortSignal): Promise<void>;
}

/** Runs all components; the first that fails, or `signal`, stops the others. Rejects with the first failure. */
export async function runComponents(components: readonly Component[], signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  let failure: { error: unknown } | undefined;
  await Promise.all(
    components.map(async (component) => {
      try {
        await component.run(stop.signal);
        if (!stop.signal.aborted) throw new Error(`component ${component.name} ended by itself`);
      } catch (error) {
        if (!stop.signal.aborted) {
          failure ??= { error };
          stop.abort(error);
        }
      }
    }),
  );
  signal.removeEventListener('abort', onAbort);
  if (failure) throw failure.error;
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
