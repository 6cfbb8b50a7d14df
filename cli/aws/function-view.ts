/** Formats a line of a function's log: time, state, function, and the fields that differ from line to line. */
import type { FunctionLine } from './function-logs';

const SAME: ReadonlySet<string> = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'execution',
  'state',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
]);

/**
 * Returns `2026-01-02T03:04:05.678Z BuildContext demand-executions-dev-buildContext: end outcome=succeeded duration_ms=12`.
 * A function that an event calls has no state, and gets `-`.
 */
export function functionLine({ timestamp, state, function: name, logged }: FunctionLine): string {
  const { level, message = '' } = logged;
  const details = Object.entries(logged)
    .filter(([key]) => !SAME.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const said = [...(level === 'INFO' ? [] : [String(level)]), String(message), ...details].join(' ');
  return `${new Date(timestamp).toISOString()} ${state || '-'} ${name}: ${said}`;
}
