import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { TELEMETRY } from '../../shared/catalogue/settings.ts';

/** Takes the lines that a function would write to CloudWatch Logs. */
export type LineSink = (line: string) => void;

const drop = (): void => undefined;

/** Powertools writes to a console of its own. */
const consoleTo = (sink: LineSink): Console => {
  const write = (line: unknown): void => sink(String(line));
  return Object.assign(Object.create(console), { log: write, info: write, debug: write, warn: write, error: write });
};

class SinkLogger extends Logger {
  constructor(sink: LineSink) {
    super({ serviceName: TELEMETRY.service });
    Object.assign(this, { console: consoleTo(sink) });
  }
}

/** Powertools warns where it has no metrics to publish, which is usual here. */
const SILENT = { trace: drop, debug: drop, info: drop, warn: drop, error: drop };

class SinkMetrics extends Metrics {
  readonly #sink: LineSink;

  constructor(sink: LineSink, options: ConstructorParameters<typeof Metrics>[0] = {}) {
    super({ namespace: TELEMETRY.namespace, serviceName: TELEMETRY.service, logger: SILENT, ...options });
    this.#sink = sink;
    Object.assign(this, { console: consoleTo(sink) });
  }

  override singleMetric(): Metrics {
    return new SinkMetrics(this.#sink, { singleMetric: true });
  }
}

/** The logger and the metrics of one container, which write to the sink. */
export const telemetryTo = (sink: LineSink): { readonly logger: Logger; readonly metrics: Metrics } => ({
  logger: new SinkLogger(sink),
  metrics: new SinkMetrics(sink),
});
