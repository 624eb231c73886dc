/** Steps of starting that somebody waits for: each has a check of its own that fails until it is done. */
export interface StartHooks {
  /** Names the step; the function that comes back says that it is done. Names that are known stay one step. */
  expect(name: string): () => void;
  isDone(name: string): boolean;
  names(): readonly string[];
}

export function startHooks(): StartHooks {
  const done = new Map<string, boolean>();
  return {
    expect(name) {
      if (!done.has(name)) done.set(name, false);
      return () => {
        done.set(name, true);
      };
    },
    isDone: (name) => done.get(name) ?? false,
    names: () => [...done.keys()],
  };
}

/** Upstream's names of what the first round of upkeep does. */
export const hookOfTask: Readonly<Record<string, string>> = {
  'system namespaces': 'start-system-namespaces-controller',
  'default ServiceCIDR': 'start-kubernetes-service-cidr-controller',
  'kubernetes service': 'bootstrap-controller',
  'service addresses and ports': 'start-service-ip-repair-controllers',
  'authentication trust': 'start-cluster-authentication-info-controller',
  'legacy token tracking': 'start-legacy-token-tracking-controller',
  'flow control': 'priority-and-fairness-config-producer',
};
