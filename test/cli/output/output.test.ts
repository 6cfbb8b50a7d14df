import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import { parse } from '@babel/parser';
import { Bars, openBar } from '../../../cli/output/bars';
import { Drawing, fitted } from '../../../cli/output/drawing';
import { Output } from '../../../cli/output/output';

const ESC = '\u001b';
const HOSTILE = `a${ESC}]0;title\u0007\r\u202eb`;
const SHOWN = 'a\\x1b]0;title\\x07\\r\\u202eb';

function terminal() {
  let told = '';
  const stream = {
    isTTY: true,
    columns: 200,
    rows: 24,
    write: (text: string) => {
      told += text;
      return true;
    },
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
    on: () => undefined,
  } as unknown as WriteStream;
  return { stream, output: new Output(stream), told: () => told };
}

describe('an output that is not read or cannot be written:', () => {
  const toPipe = (stream: Writable) => new Output(stream as unknown as WriteStream);

  test.each<[string, (output: Output) => Promise<void> | undefined]>([
    ['a line of a job', (output) => output.outputLine('x'.repeat(100))],
    ['a document', (output) => output.json({ line: 'x'.repeat(100) })],
  ])('%s waits while the reader of the pipe is slow', async (_, print) => {
    let read: () => void = () => undefined;
    const pipe = new Writable({
      highWaterMark: 250,
      write: (_, __, done) => {
        read = done;
      },
    });
    const output = toPipe(pipe);
    expect(print(output)).toBeUndefined();
    print(output);
    const waiting = print(output);
    expect(await Promise.race([waiting, setImmediate('open')])).toBe('open');
    for (let line = 0; line < 3; line++) {
      read();
      await setImmediate();
    }
    await waiting;
    expect(pipe.listenerCount('drain')).toBe(0);
  });

  test('very many lines wait for a full pipe together', async () => {
    const pipe = new PassThrough({ highWaterMark: 1 });
    const output = toPipe(pipe);
    const waiting = Array.from({ length: 100 }, () => output.outputLine('x'));
    expect(pipe.listenerCount('drain')).toBe(1);
    pipe.resume();
    await Promise.all(waiting);
    expect(pipe.listenerCount('drain')).toBe(0);
  });

  test('nothing waits for a pipe that breaks', async () => {
    const pipe = new PassThrough({ highWaterMark: 1 });
    const waiting = toPipe(pipe).outputLine('x');
    pipe.destroy(new Error('EIO'));
    await waiting;
  });

  test('a closed pipe and a full disk are told to different listeners, and end nothing by themselves', () => {
    const stream = new PassThrough({ autoDestroy: false });
    const output = toPipe(stream);
    const told: string[] = [];
    output.onClosed(() => told.push('closed'));
    output.onLost(({ message }) => told.push(message));
    const fail = (code: string) => stream.emit('error', Object.assign(new Error(code), { code }));
    fail('EPIPE');
    fail('ENOSPC');
    fail('ENOSPC');
    expect(told).toEqual(['closed', 'ENOSPC']);
    expect(() => toPipe(new PassThrough()).line('x')).not.toThrow();
  });
});

describe('each way of printing shows hidden characters:', () => {
  test.each<[string, (output: Output) => void, string]>([
    ['a line', (output) => output.line(HOSTILE), `${SHOWN}\n`],
    ['lines', (output) => output.lines(['x', HOSTILE]), `x\n${SHOWN}\n`],
    ['a line with a line break', (output) => output.line('a\nb'), 'a\\nb\n'],
    ['our own text', (output) => output.text(`x\n${HOSTILE}\n`), `x\n${SHOWN}\n`],
    ['a message', (output) => output.message(`${HOSTILE}\ny`), `${SHOWN}\n  y\n`],
    ['a line of a job', (output) => output.outputLine(HOSTILE, {}, '| '), `| ${SHOWN}\n`],
    ['a document', (output) => output.json({ id: HOSTILE }), '{"id":"a\\u001b]0;title\\u0007\\r\\u202eb"}\n'],
  ])('%s', (_, print, told) => {
    const screen = terminal();
    print(screen.output);
    expect(screen.told()).toBe(told);
  });

  test('a bar among bars, and the lines above it', () => {
    const screen = terminal();
    const bars = new Bars(screen.output, '{name} {bar}');
    bars.create(10, 1, { name: HOSTILE });
    screen.output.line(HOSTILE);
    bars.stop();
    expect(screen.told()).toContain(`${SHOWN}\n`);
    expect(screen.told()).toContain(`${SHOWN} =`);
    expect(screen.told()).not.toContain('title\u0007');
    screen.output.line('after');
    expect(screen.told()).toMatch(/after\n$/);
  });

  test('one bar', () => {
    const screen = terminal();
    openBar(screen.output, '{name}', 10, 1, { name: HOSTILE }).stop();
    expect(screen.told()).toContain(SHOWN);
  });

  test('a drawing', () => {
    const screen = terminal();
    const drawing = new Drawing(screen.output);
    drawing.draw([HOSTILE, 'x\ty']);
    drawing.above([HOSTILE]);
    drawing.close();
    expect(screen.told()).toBe(`${ESC}[?25l${SHOWN}\nx    y\n${ESC}[2A${ESC}[J${SHOWN}\n${ESC}[?25h`);
  });
});

describe('a line of a drawing', () => {
  test.each([
    ['short', 'short', {}],
    ['0123456789abcdefghijklmno', '0123456789abcdefg...', {}],
    [`${ESC}[31m0123456789abcdefghi`, `${ESC}[31m0123456789abcdefghi${ESC}[0m`, { colours: true }],
    [
      `${ESC}[31m0123456789${ESC}[32mabcdefghijkl`,
      `${ESC}[31m0123456789${ESC}[32mabcdefg${ESC}[0m...`,
      { colours: true },
    ],
    ['日本語日本語日本語日本語', '日本語日本語日本...', {}],
    ['日本語日本語日本語日', '日本語日本語日本語日', {}],
    ['a日本語日本語日本語日z', 'a日本語日本語日本...', {}],
    ['\u{1f642}'.repeat(11), `${'\u{1f642}'.repeat(8)}...`, {}],
  ])('%j is fitted into 20 columns', (line, shown, options) => {
    expect(fitted(line, 20, options)).toBe(shown);
  });
});

test('no other file of the command line writes to a stream', () => {
  const project = join(__dirname, '../../..');
  const files = globSync('cli/**/*.ts', { cwd: project, exclude: (name) => name === 'output' });
  expect(files.length).toBeGreaterThan(50);
  const writers = files.filter((file) =>
    wordsOf(readFileSync(join(project, file), 'utf8')).some((word) =>
      /^(?:stdout|stderr|console|terminal|writeSync|tty|node:process|process:|node:tty|node:console|\/dev\/.*)$/.test(
        word,
      ),
    ),
  );
  expect(writers).toEqual([]);
});

/** Returns the names and the strings of a source, without its comments. */
function wordsOf(source: string): string[] {
  const { tokens } = parse(source, { sourceType: 'module', plugins: ['typescript'], tokens: true });
  return (tokens ?? []).flatMap(({ value }: { value?: unknown }) =>
    typeof value === 'string' ? [value] : [],
  );
}
