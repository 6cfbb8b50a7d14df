/** The states of an execution as a tree: the states of the machine, and below a Map its iterations. */
import type { DemandState } from '../../src/machines/states';
import { transferLine } from '../text-view';
import type { WatchEvent, Within } from './events';
import { formatDuration } from './format';

const LOG_LINES = 5;
const JOB: DemandState = 'RunJob';
const MAPS = { input: 'StageInputs', output: 'StoreOutputs' } as const satisfies Record<string, DemandState>;

interface Node {
  readonly since: number;
  until?: number;
  /** The progress or the result of the state. */
  note: string;
  failed: boolean;
  readonly items: Map<string, Node>;
}

export class StateTree {
  readonly #nodes = new Map<string, Node>();
  readonly #log: string[] = [];
  #title = '';
  #since: number | undefined;
  #isOver = false;

  add(event: WatchEvent): void {
    if (event.type === 'watching') this.#title = `demand ${event.executionId}`;
    else if (event.type === 'state') this.#addState(event);
    else if (event.type === 'transfer') this.#noteTransfer(event);
    else if (event.type === 'job-output') this.#addLine(event.line);
    else if (event.type === 'job-status') this.#noteJob(`${event.status}, job ${event.jobId}`);
    else if (event.type === 'job-ended') this.#noteJob(`exit code ${event.exitCode}`);
    else if (event.type === 'ended') this.#end(Date.parse(event.report.stopDate ?? ''));
  }

  lines(now: number): string[] {
    const passed = this.#since === undefined || this.#isOver ? '' : `, ${formatDuration(now - this.#since)}`;
    const states = [...this.#nodes].flatMap(([name, node]) => [
      nodeLine(name, node, now, 0),
      ...[...node.items].map(([item, each]) => nodeLine(item, each, now, 1)),
      ...(name === JOB ? this.#log.map((line) => `      | ${line}`) : []),
    ]);
    return [`${this.#title}${passed}`, ...states];
  }

  #addState({ event, within }: Extract<WatchEvent, { type: 'state' }>): void {
    this.#since ??= event.timestamp;
    if (!('state' in event)) return;
    const node =
      within === undefined ? this.#nodeOf(event.state, event.timestamp) : this.#itemOf(within, event);
    if (event.type === 'StateEntered') {
      delete node.until;
      if (within !== undefined) node.note = event.state;
    }
    if (event.type === 'StateExited') node.until = event.timestamp;
    if (event.type === 'StateRetried') node.note = `${event.state} is tried again`;
    node.failed = event.type === 'StateFailed' || (node.failed && event.type === 'StateExited');
    if (event.type === 'StateFailed')
      Object.assign(node, { note: event.error ?? '', until: event.timestamp });
  }

  #noteTransfer(event: Extract<WatchEvent, { type: 'transfer' }>): void {
    const node = this.#nodes.get(MAPS[event.direction])?.items.get(event.name);
    if (node !== undefined) node.note = transferLine(event).split(': ').at(-1) ?? '';
  }

  #end(at: number): void {
    this.#isOver = true;
    const nodes = [...this.#nodes.values()];
    for (const node of [...nodes, ...nodes.flatMap(({ items }) => [...items.values()])]) node.until ??= at;
  }

  #addLine(line: string): void {
    this.#log.push(line);
    if (this.#log.length > LOG_LINES) this.#log.shift();
  }

  #noteJob(note: string): void {
    const node = this.#nodes.get(JOB);
    if (node !== undefined && !node.failed) node.note = note;
  }

  #nodeOf(state: string, since: number): Node {
    return nodeIn(this.#nodes, state, since);
  }

  #itemOf({ map, item }: Within, { timestamp }: { readonly timestamp: number }): Node {
    return nodeIn(this.#nodeOf(map, timestamp).items, item, timestamp);
  }
}

function nodeIn(nodes: Map<string, Node>, name: string, since: number): Node {
  const node = nodes.get(name) ?? { since, note: '', failed: false, items: new Map() };
  nodes.set(name, node);
  return node;
}

function nodeLine(name: string, { since, until, note, failed }: Node, now: number, depth: number): string {
  const mark = failed ? 'x' : until === undefined ? '>' : ' ';
  const time = formatDuration((until ?? now) - since);
  const indented = `${'  '.repeat(depth)}${name}`;
  return `${mark} ${indented.padEnd(22)} ${time.padStart(10)}  ${note}`.trimEnd();
}
