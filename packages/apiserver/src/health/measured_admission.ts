import type { Clock } from '@kubets/base';
import type { AdmissionPlugin, AdmissionRequest } from '../access.ts';
import type { Distribution } from './metric_family.ts';
import type { ServerMetrics } from './server_metrics.ts';

/** The same plugins, each with a look at the clock before and after. */
export function measureAdmission(
  plugins: readonly AdmissionPlugin[],
  metrics: ServerMetrics,
  clock: Clock,
): AdmissionPlugin[] {
  const timed = (name: string, type: 'admit' | 'validate', run: Run): Run => {
    // Of requests that pass, by operation: looked up once.
    const passed: { [operation: string]: Distribution } = {};
    const seriesOf = (operation: string, rejected: boolean) =>
      metrics.admissionDurations.with(name, operation, type, String(rejected));
    const done = ({ operation }: AdmissionRequest, startedMs: number, rejected: boolean) => {
      const series = rejected
        ? seriesOf(operation, true)
        : (passed[operation] ??= seriesOf(operation, false));
      series.observe((clock.now() - startedMs) / 1000);
    };
    return (request) => {
      const startedMs = clock.now();
      try {
        const answer = run(request);
        if (!(answer instanceof Promise)) {
          done(request, startedMs, false);
          return answer;
        }
        return answer.then(
          () => done(request, startedMs, false),
          (error) => {
            done(request, startedMs, true);
            throw error;
          },
        );
      } catch (error) {
        done(request, startedMs, true);
        throw error;
      }
    };
  };
  return plugins.map((plugin) => ({
    name: plugin.name,
    handles: (request) => plugin.handles(request),
    ...(plugin.admit && { admit: timed(plugin.name, 'admit', (request) => plugin.admit!(request)) }),
    ...(plugin.validate && {
      validate: timed(plugin.name, 'validate', (request) => plugin.validate!(request)),
    }),
  }));
}

type Run = (request: AdmissionRequest) => Promise<void> | void;
