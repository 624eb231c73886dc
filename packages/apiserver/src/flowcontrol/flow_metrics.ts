import { Counter, Gauge, Histogram } from '../health/metric_family.ts';

const seconds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const ofLevel = ['priority_level'];
const ofSchema = ['priority_level', 'flow_schema'];

export function createFlowMetrics() {
  const prefix = 'apiserver_flowcontrol_';
  return {
    dispatched: new Counter({
      name: `${prefix}dispatched_requests_total`,
      help: 'Requests that got a seat.',
      stability: 'BETA',
      labels: ofSchema,
    }),
    rejected: new Counter({
      name: `${prefix}rejected_requests_total`,
      help: 'Requests that were turned away.',
      stability: 'BETA',
      labels: [...ofSchema, 'reason'],
    }),
    executing: new Gauge({
      name: `${prefix}current_executing_requests`,
      help: 'Requests that have a seat now.',
      stability: 'BETA',
      labels: ofSchema,
    }),
    executingSeats: new Gauge({
      name: `${prefix}current_executing_seats`,
      help: 'Seats that are taken now.',
      stability: 'BETA',
      labels: ofSchema,
    }),
    inQueue: new Gauge({
      name: `${prefix}current_inqueue_requests`,
      help: 'Requests that wait for a seat now.',
      stability: 'BETA',
      labels: ofSchema,
    }),
    waits: new Histogram({
      name: `${prefix}request_wait_duration_seconds`,
      help: 'How long requests waited for a seat.',
      stability: 'BETA',
      labels: [...ofSchema, 'execute'],
      buckets: seconds,
    }),
    executions: new Histogram({
      name: `${prefix}request_execution_seconds`,
      help: 'How long requests kept their seat.',
      labels: [...ofSchema, 'type'],
      buckets: seconds,
    }),
    nominalSeats: new Gauge({
      name: `${prefix}nominal_limit_seats`,
      help: "Seats by the level's shares.",
      stability: 'BETA',
      labels: ofLevel,
    }),
    currentSeats: new Gauge({
      name: `${prefix}current_limit_seats`,
      help: 'Seats with what is lent and borrowed.',
      labels: ofLevel,
    }),
    lowerSeats: new Gauge({
      name: `${prefix}lower_limit_seats`,
      help: 'Seats that are never lent.',
      labels: ofLevel,
    }),
    upperSeats: new Gauge({
      name: `${prefix}upper_limit_seats`,
      help: 'Seats with all that may be borrowed.',
      labels: ofLevel,
    }),
    demandSeats: new Gauge({
      name: `${prefix}demand_seats_high_watermark`,
      help: 'Most seats wanted at once in the last period.',
      labels: ofLevel,
    }),
  };
}

export type FlowMetrics = ReturnType<typeof createFlowMetrics>;
