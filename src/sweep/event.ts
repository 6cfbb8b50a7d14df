/** The event and the metric of a sweep. Others read the event, so fields are added and never removed. */
import type { EpochMs } from '../units';
import { writeModel } from '../wire/schema';
import type { Wire } from '../wire/types';
import { type PartReport, partReportSchema, type RemovedCount, sumOf } from './report';

export const SWEEP_DETAIL_TYPE = 'DemandExecution Sweep';
const NAMESPACE = 'DemandExecutions';

interface FailedPart {
  readonly part: string;
  readonly error: string;
  readonly message: string;
}

export interface SweepEvent {
  readonly version: 1;
  /** Repeated events about the same sweep have the same id. */
  readonly id: string;
  /** FAILED: a part of the sweep has failed. The next sweep tries it again. */
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly env_base: string;
  readonly execution_arn: string;
  readonly dry_run: boolean;
  readonly started_at: string;
  readonly stopped_at: string;
  /** The sum of all parts. */
  readonly removed: RemovedCount;
  readonly parts: readonly Wire<typeof partReportSchema>[];
  readonly failed_parts: readonly FailedPart[];
}

/** The event bus of the reports. */
export interface SweepBus {
  /** @throws Error when the bus did not accept the event */
  put(event: SweepEvent): Promise<void>;
}

export interface EndedSweep {
  readonly envBase: string;
  readonly execution: string;
  readonly isDryRun: boolean;
  readonly startedAt: string;
  readonly stoppedAt: string;
  readonly parts: readonly PartReport[];
  readonly failedParts: readonly FailedPart[];
}

export function sweepEvent(ended: EndedSweep): SweepEvent {
  return {
    version: 1,
    id: `${ended.execution}#sweep`,
    status: ended.failedParts.length > 0 ? 'FAILED' : 'SUCCEEDED',
    env_base: ended.envBase,
    execution_arn: ended.execution,
    dry_run: ended.isDryRun,
    started_at: ended.startedAt,
    stopped_at: ended.stoppedAt,
    removed: sumOf(ended.parts),
    parts: ended.parts.map((part) => writeModel(partReportSchema, part)),
    failed_parts: ended.failedParts,
  };
}

/**
 * Returns the metrics as a line of the log in the embedded metric format. CloudWatch makes metrics of it, so the function
 * needs no right but that to write its log.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function sweepMetric(event: SweepEvent, now: EpochMs): object {
  const metrics = [
    { Name: 'SweptUnits', Unit: 'Count' },
    { Name: 'SweptBytes', Unit: 'Bytes' },
    { Name: 'SweepFailures', Unit: 'Count' },
  ];
  const failures = event.parts.reduce((sum, { failure_count: count }) => sum + count, 0);
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['EnvBase', 'DryRun']], Metrics: metrics }],
    },
    EnvBase: event.env_base,
    DryRun: String(event.dry_run),
    SweptUnits: event.removed.count,
    SweptBytes: event.removed.bytes,
    SweepFailures: failures + event.failed_parts.length,
  };
}
