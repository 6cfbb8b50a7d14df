/** Reads the log lines of the Lambda functions about an execution and its nested executions. */
import { EVENT_CALL_RETRIES, EVENT_CALL_WAIT_MINUTES, LOG_PATTERN_CHARACTERS } from '../../src/aws-limits';
import { stateMachineArnOf } from '../../src/history/arns';
import { CALLED_BY_EVENTS, ONCE_FOR_EACH_FILE_SYSTEM } from '../../src/machines/functions';
import { FUNCTION_TIMEOUTS } from '../../src/machines/timeouts';
import { isJsonObject } from '../../src/wire/json';
import type { AwsApi, LoggedEvent } from './api';
import { notFound } from './failures';
import type { Described } from './follower';
import { FollowedHistory } from './history';

/** Minutes until the last call of the cleaner has ended: Lambda repeats a call that fails. Two minutes are for late lines. */
const LATEST_END_MINUTES =
  ((EVENT_CALL_RETRIES + 1) * FUNCTION_TIMEOUTS.cleanUpAfter) / 60 +
  EVENT_CALL_WAIT_MINUTES.reduce((sum, minutes) => sum + minutes, 2);
const LATEST_END_MS = LATEST_END_MINUTES * 60_000;
/** Milliseconds that lines arrive late, out of their order. */
const LATE_MS = 30_000;

export interface FunctionLine {
  readonly timestamp: number;
  readonly function: string;
  readonly execution: string;
  readonly state: string;
  /** All fields of the line. */
  readonly logged: Readonly<Record<string, unknown>>;
}

/** Each read goes on where the last one stopped. */
export class FunctionLogs {
  readonly #arn: string;
  readonly #history: FollowedHistory;
  /** Names of the functions that a machine calls, by the machine's ARN. */
  readonly #functions = new Map<string, ReadonlySet<string>>();
  readonly #seen = new Set<string>();
  /** Log groups that do not exist, of functions that the machines call. */
  readonly #missing = new Set<string>();
  #latest = 0;

  constructor(
    private readonly api: AwsApi,
    private readonly described: Described & { readonly startDate?: Date | undefined },
    private readonly since = 0,
  ) {
    this.#arn = described.executionArn ?? '';
    this.#history = new FollowedHistory(api, this.#arn);
  }

  get isOver(): boolean {
    return this.#history.execution.end !== undefined;
  }

  /** The log groups that do not exist. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /**
   * Reads the lines that have arrived, in the order of their times.
   *
   * @throws VerbFailed when none of the functions has a log group
   */
  async read(): Promise<FunctionLine[]> {
    await this.#history.readOn();
    const { children, end } = this.#history.execution;
    const executions = [this.#arn, ...children];
    const functions = await this.#functionsOf(executions);
    const from = Math.max(this.since, this.described.startDate?.getTime() ?? 0, this.#latest - LATE_MS);
    const wanted = { from, until: (end?.at ?? Date.now()) + LATEST_END_MS };
    const found = await Promise.all(
      [...functions, ...besides(functions)].flatMap((name) =>
        patternsOf(executions).map((pattern) => this.#linesOf(name, { ...wanted, pattern })),
      ),
    );
    if (functions.size > 0 && this.missing.length === functions.size) throw this.#noGroups();
    const lines = found.flat().filter(({ execution }) => executions.includes(execution));
    this.#latest = lines.reduce((latest, { timestamp }) => Math.max(latest, timestamp), this.#latest);
    return lines.sort((one, other) => one.timestamp - other.timestamp);
  }

  async #functionsOf(executions: readonly string[]): Promise<ReadonlySet<string>> {
    for (const execution of executions) {
      const machine = stateMachineArnOf(execution);
      if (this.#functions.has(machine)) continue;
      this.#functions.set(machine, functionsIn(await this.api.definitionOf(execution)));
    }
    return new Set([...this.#functions.values()].flatMap((names) => [...names]));
  }

  async #linesOf(name: string, wanted: { from: number; until: number; pattern: string }) {
    const group = groupOf(name);
    const events = await this.api.filterLog(group, wanted);
    if (events !== undefined) this.#missing.delete(group);
    else if (this.#isCalled(name)) this.#missing.add(group);
    return (events ?? []).flatMap((event) => {
      const key = `${group}\n${event.id}`;
      if (this.#seen.has(key)) return [];
      this.#seen.add(key);
      return readLine(name, event) ?? [];
    });
  }

  #isCalled(name: string): boolean {
    return [...this.#functions.values()].some((names) => names.has(name));
  }

  #noGroups(): Error {
    const [, , , region = ''] = this.#arn.split(':');
    return notFound(
      'LogGroupNotFound',
      `CloudWatch Logs in ${region} has no ${this.missing.join(', ')}: the stack was removed, or its log groups were`,
    );
  }
}

/** Returns the names of the functions that a state machine's definition calls, without their versions. */
function functionsIn(definition: string): ReadonlySet<string> {
  return new Set([...definition.matchAll(/:function:([A-Za-z0-9_-]+)/g)].map(([, name = '']) => name));
}

const FOR_EACH_FILE_SYSTEM: ReadonlySet<string> = new Set(ONCE_FOR_EACH_FILE_SYSTEM);

/**
 * Finds the functions that events call, in the stacks of the given functions. They tell of an execution, and clean up after it.
 *
 * @returns names of functions, which may not exist
 */
export function besides(names: ReadonlySet<string>): ReadonlySet<string> {
  const found = [...names].flatMap((name) => {
    const [, stack, further = ''] = /^(.+?-)[A-Za-z]+(-on-.+)?$/.exec(name) ?? [];
    if (stack === undefined) return [];
    const called = CALLED_BY_EVENTS.filter((each) => further === '' || FOR_EACH_FILE_SYSTEM.has(each));
    return called.map((each) => `${stack}${each}${further}`);
  });
  return new Set(found);
}

function groupOf(name: string): string {
  return `/aws/lambda/${name}`;
}

/** Puts as many executions into one pattern as its limit allows. */
export function patternsOf(executions: readonly string[]): string[] {
  const patterns: string[] = [];
  let terms: string[] = [];
  for (const execution of executions) {
    const term = `($.execution = "${execution}")`;
    if (terms.length > 0 && patternOf([...terms, term]).length > LOG_PATTERN_CHARACTERS) {
      patterns.push(patternOf(terms));
      terms = [];
    }
    terms.push(term);
  }
  return terms.length === 0 ? patterns : [...patterns, patternOf(terms)];
}

function patternOf(terms: readonly string[]): string {
  return `{ ${terms.join(' || ')} }`;
}

/** @returns undefined for a line that names no execution, such as Lambda's own lines about an invocation */
function readLine(name: string, { timestamp, message }: LoggedEvent): FunctionLine | undefined {
  let logged: unknown;
  try {
    logged = JSON.parse(message);
  } catch {
    return undefined;
  }
  if (!isJsonObject(logged)) return undefined;
  const { execution, state = '' } = logged;
  if (typeof execution !== 'string') return undefined;
  return { timestamp, function: name, execution, state: String(state), logged };
}
