/** `demand logs ID`: prints the log of the job, or of the functions. */
import { setTimeout } from 'node:timers/promises';
import type { JobDetail } from '@aws-sdk/client-batch';
import { withoutEmpty } from '../../src/wire/json';
import { err, out } from '../output/output';
import { EXIT } from '../refusal';
import type { AwsApi } from './api';
import { notFound } from './failures';
import { Pace } from './follow';
import { Follower } from './follower';
import { FunctionLogs } from './function-logs';
import { functionLine } from './function-view';
import { hasEnded, jobLogPlaceOf, LogReader } from './job';
import { onExecution } from './machine';
import { nextCommand } from './next';
import type { LogsOptions } from './options';
import { leaveOnSignals } from './verb';

/** Milliseconds that lines arrive after they were written. */
const LAST_LINES_MS = 2_000;

export function logsCommand(id: string, given: LogsOptions): Promise<number> {
  return onExecution(id, given, async (api, execution, options) => {
    if (options.functions) return printFunctions(new FunctionLogs(api, execution, options.since), options);
    const follower = new Follower(api, execution);
    const log = new JobLog(api, options);
    if (options.follow) return follow(follower, log);
    await follower.look(false);
    const job = follower.job;
    if (job === undefined) throw noLog(execution.name ?? id, follower, options);
    await log.print(job);
    return EXIT.ok;
  });
}

async function follow(follower: Follower, log: JobLog): Promise<number> {
  leaveOnSignals('no longer following; the job goes on');
  const pace = new Pace();
  for (;;) {
    await follower.look(false);
    const { job } = follower;
    const printed = job === undefined ? 0 : await log.print(job);
    if (follower.isOver || (job !== undefined && hasEnded(job))) {
      await setTimeout(LAST_LINES_MS);
      if (job !== undefined) await log.print(job);
      return EXIT.ok;
    }
    await setTimeout(pace.next(printed > 0));
  }
}

async function printFunctions(logs: FunctionLogs, { follow, json }: LogsOptions): Promise<number> {
  if (follow) leaveOnSignals('no longer following; the execution goes on');
  const pace = new Pace();
  const told = new Set<string>();
  for (let isLast = !follow; ; ) {
    const lines = await logs.read();
    for (const line of lines)
      if (json) await out.json({ type: 'function-log', ...line });
      else out.lines([functionLine(line)]);
    for (const group of logs.missing.filter((each) => !told.has(each))) {
      err.line(`There is no log group ${group}: the lines of its function are missing here`);
      told.add(group);
    }
    if (isLast) return EXIT.ok;
    isLast = logs.isOver;
    await setTimeout(isLast ? LAST_LINES_MS : pace.next(lines.length > 0));
  }
}

/** Prints the streams of all attempts, one after the other. */
class JobLog {
  readonly #readers = new Map<string, LogReader>();

  constructor(
    private readonly api: AwsApi,
    private readonly options: LogsOptions,
  ) {}

  /** @returns the number of printed lines */
  async print(job: JobDetail): Promise<number> {
    const { group, streams } = jobLogPlaceOf(job);
    let printed = 0;
    for (const stream of streams)
      for await (const line of this.#reader(group, stream).read()) {
        printed += 1;
        if (this.options.json) await out.json({ type: 'job-output', line });
        else await out.outputLine(line, withoutEmpty({ colours: this.options.colours }));
      }
    return printed;
  }

  #reader(group: string, stream: string): LogReader {
    const { since } = this.options;
    const reader =
      this.#readers.get(stream) ?? new LogReader(this.api, group, stream, withoutEmpty({ since }));
    this.#readers.set(stream, reader);
    return reader;
  }
}

function noLog(id: string, { jobId, isOver }: Follower, options: LogsOptions): Error {
  if (jobId !== undefined)
    return notFound('JobNotFound', `Batch has forgotten the job ${jobId}, and the name of its log stream`);
  const then = isOver
    ? 'it ended before that'
    : `\`${nextCommand(`logs ${id} --follow`, options)}\` waits for it`;
  return notFound('JobNotFound', `${id} has submitted no job: ${then}`);
}
