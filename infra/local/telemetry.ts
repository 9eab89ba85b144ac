import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from '../../shared/catalogue/settings.ts';
import { DEFAULT_CELL } from '../../shared/domain/cell-name.ts';

/** Takes the lines that a function would write to CloudWatch Logs. */
export type LineSink = (line: string) => void;

const drop = (): void => undefined;

/** Powertools writes to a console of its own. */
const consoleTo = (sink: LineSink): Console => {
  const write = (line: unknown): void => sink(String(line));
  return Object.assign(Object.create(console), { log: write, info: write, debug: write, warn: write, error: write });
};

class SinkLogger extends Logger {
  constructor(sink: LineSink, cell: string) {
    super({ serviceName: cell });
    Object.assign(this, { console: consoleTo(sink) });
  }
}

/** Powertools warns where it has no metrics to publish, which is usual here. */
const SILENT = { trace: drop, debug: drop, info: drop, warn: drop, error: drop };

class SinkMetrics extends Metrics {
  readonly #sink: LineSink;
  readonly #cell: string;

  constructor(sink: LineSink, cell: string, options: ConstructorParameters<typeof Metrics>[0] = {}) {
    super({ namespace: METRIC_NAMESPACE, serviceName: cell, logger: SILENT, ...options });
    this.#sink = sink;
    this.#cell = cell;
    Object.assign(this, { console: consoleTo(sink) });
  }

  override singleMetric(): Metrics {
    return new SinkMetrics(this.#sink, this.#cell, { singleMetric: true });
  }
}

/** The logger and the metrics of one container of a cell, which write to the sink. */
export const telemetryTo = (
  sink: LineSink,
  cell = DEFAULT_CELL,
): { readonly logger: Logger; readonly metrics: Metrics } => ({
  logger: new SinkLogger(sink, cell),
  metrics: new SinkMetrics(sink, cell),
});
