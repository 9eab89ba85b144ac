import { safeJson, scanJson } from './json.ts';
import type { FindingRecord } from './report.ts';
import type { GroupFindings, ScanSummary } from './review.ts';
import { MOST_GROUPS, type ScanTextContext, scanText } from './scan-text.ts';
import { type SimulationReport, simulationJson, simulationText } from './simulation.ts';
import type { Paint } from './text.ts';

/**
 * Writes a scan after the last group was judged, so that the totals are known. `takes` says in which form the
 * writer gets the findings: `findings` is every finding, the worst first, one at a time. `worst-groups` is
 * the groups with the worst findings, at most `most`.
 */
export type ScanWriter =
  | {
      readonly takes: 'findings';
      readonly write: (findings: AsyncIterable<FindingRecord>, summary: ScanSummary) => AsyncIterable<string>;
    }
  | {
      readonly takes: 'worst-groups';
      readonly most: number;
      readonly write: (groups: readonly GroupFindings[], summary: ScanSummary, context: ScanTextContext) => string;
    };

/** What a command prints if it is neither `scan` nor `simulate`: the same result as data and as text. */
export interface CommandOutput {
  readonly data: object;
  readonly text: (paint: Paint) => string;
}

/** The writer of each kind of report. A report that the format cannot show has `null`. */
interface ReportWriters {
  readonly scan: ScanWriter | null;
  readonly simulation: ((report: SimulationReport, paint: Paint) => string) | null;
  readonly result: ((output: CommandOutput, paint: Paint) => string) | null;
}

/** A kind of report: of `scan`, of `simulate`, or the result of any other command. */
export type ReportKind = keyof ReportWriters;

interface FormatProperties {
  /**
   * `people`: a refusal goes to standard error. `programs`: standard output has the whole result, refusals
   * included.
   */
  readonly readBy: 'people' | 'programs';
  readonly mediaType: string;
  /** Usual extension of a file, without the dot. */
  readonly extension: string;
}

/**
 * Every output format, the default first. To add one, write its module in this folder and add its entry here.
 * The option `--format`, its help and its messages derive from this table.
 */
const FORMATS = {
  text: {
    readBy: 'people',
    mediaType: 'text/plain',
    extension: 'txt',
    scan: { takes: 'worst-groups', most: MOST_GROUPS, write: scanText },
    simulation: simulationText,
    result: ({ text }, paint) => text(paint),
  },
  json: {
    readBy: 'programs',
    mediaType: 'application/json',
    extension: 'json',
    scan: { takes: 'findings', write: scanJson },
    simulation: simulationJson,
    result: ({ data }) => safeJson(data),
  },
} as const satisfies Readonly<Record<string, FormatProperties & ReportWriters>>;

/** A format with its writer for one kind of report. */
export interface ReportFormat<K extends ReportKind> extends FormatProperties {
  readonly name: string;
  readonly write: NonNullable<ReportWriters[K]>;
}

/** The formats that can show a kind of report, the default first. */
export function formatsFor<K extends ReportKind>(kind: K): readonly ReportFormat<K>[] {
  return Object.entries<FormatProperties & ReportWriters>(FORMATS).flatMap(([name, format]) => {
    const { readBy, mediaType, extension } = format;
    const writers: ReportWriters = format;
    const write = writers[kind];
    return write === null ? [] : [{ name, readBy, mediaType, extension, write }];
  });
}
