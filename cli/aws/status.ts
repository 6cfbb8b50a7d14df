/** `demand status ID`, `demand watch ID` and `demand list`: show executions. */
import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import { err, out } from '../output/output';
import { EXIT } from '../refusal';
import { exitCodeOf, watch } from './follow';
import { Follower } from './follower';
import { formatDuration } from './format';
import { findMachine, onExecution } from './machine';
import type { ExecutionOptions, ListOptions } from './options';
import { reportLines } from './report-lines';
import { withAws } from './verb';

export function statusCommand(id: string, options: ExecutionOptions): Promise<number> {
  return onExecution(id, options, async (api, execution) => {
    const follower = new Follower(api, execution);
    for (const event of await follower.look(true)) if (event.type === 'trouble') err.message(event.message);
    const now = Date.now();
    const report = follower.report(now);
    if (options.json) out.json({ type: 'status', ...report });
    else out.lines(reportLines(report, now));
    return exitCodeOf(report);
  });
}

export function watchCommand(id: string, options: ExecutionOptions): Promise<number> {
  return onExecution(id, options, watch);
}

export function listCommand(options: ListOptions): Promise<number> {
  return withAws(options, async (api) => {
    const { arn, name } = await findMachine(api, options);
    const found = await api.executions(arn, options.limit, options.status);
    const newestFirst = found.sort((one, other) => startOf(other) - startOf(one));
    if (options.json) for (const each of newestFirst) out.json(toJson(each));
    else if (newestFirst.length > 0) out.lines(table(newestFirst, Date.now()));
    else err.line(`${name} has no such executions`);
    return EXIT.ok;
  });
}

function startOf({ startDate }: ExecutionListItem): number {
  return startDate?.getTime() ?? 0;
}

function toJson({ name, status, startDate, stopDate, executionArn }: ExecutionListItem) {
  return { type: 'execution', name, status, startDate, stopDate, executionArn };
}

function table(executions: readonly ExecutionListItem[], now: number): string[] {
  const rows = executions.map((each) => {
    const { name = '', status = '', startDate, stopDate } = each;
    const took = formatDuration((stopDate?.getTime() ?? now) - startOf(each));
    return [
      name,
      status,
      startDate?.toISOString() ?? '',
      status !== 'RUNNING' && stopDate === undefined ? '' : took,
    ];
  });
  const all = [['NAME', 'STATUS', 'STARTED', 'TOOK'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
