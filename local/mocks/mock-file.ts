/**
 * Reads mocked answers of tasks, in the file format of Step Functions Local.
 * https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-test-sm-exec.html
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { DemandValidationError, describeError, refuseIfAny } from '../../src/errors';

const answer = v.union([
  v.object({ Return: v.unknown() }),
  v.object({ Throw: v.object({ Error: v.string(), Cause: v.optional(v.string(), '') }) }),
]);

const mockFile = v.object({
  StateMachines: v.record(
    v.string(),
    v.object({ TestCases: v.record(v.string(), v.record(v.string(), v.string())) }),
  ),
  MockedResponses: v.record(v.string(), v.record(v.pipe(v.string(), v.regex(/^\d+(-\d+)?$/)), answer)),
});

const REMEDY = 'Give --mock-file a file in the format of Step Functions Local';

export type MockFile = v.InferOutput<typeof mockFile>;
export type MockedAnswer = v.InferOutput<typeof answer>;

/** @throws DemandValidationError with every mistake of the file */
export function readMockFile(path: string): MockFile {
  const result = v.safeParse(mockFile, parse(read(path), path));
  if (result.success) return result.output;
  refuseIfAny(
    result.issues.map((issue) => ({
      pointer: `/${v.getDotPath(issue)?.replaceAll('.', '/') ?? ''}`,
      message: issue.message,
      remedy: `Mend ${path}`,
    })),
  );
  throw new TypeError('issues without problems');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return refuse('', `${path} cannot be read (${describeError(error).message})`, REMEDY);
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse('', `${path} is not JSON (${describeError(error).message})`, REMEDY);
  }
}

function refuse(pointer: string, message: string, remedy: string): never {
  throw new DemandValidationError([{ pointer, message, remedy }]);
}

/** The answers of one test case, in turn for each state. A state that the test case does not name is not mocked. */
export class MockPath {
  readonly #calls = new Map<string, number>();

  /** @throws DemandValidationError when the file has no such test case */
  constructor(
    private readonly file: MockFile,
    private readonly machineName: string,
    private readonly testCase: string,
  ) {
    if (file.StateMachines[machineName] === undefined)
      refuse('/StateMachines', `has no "${machineName}"`, 'Add the machine with its test cases');
    const known = Object.keys(this.#testCases);
    if (!known.includes(testCase))
      refuse(
        `/StateMachines/${machineName}/TestCases`,
        `has no "${testCase}"`,
        `Give one of ${known.join(', ')}`,
      );
  }

  /** @throws Error when the state has more calls than answers */
  next(state: string): MockedAnswer | undefined {
    const response = this.#testCases[this.testCase]?.[state];
    if (response === undefined) return undefined;
    const call = this.#calls.get(state) ?? 0;
    this.#calls.set(state, call + 1);
    const answers = Object.entries(this.file.MockedResponses[response] ?? {});
    const found = answers.find(([range]) => covers(range, call))?.[1];
    if (found === undefined) throw new Error(`${response} has no answer for call ${call} of ${state}`);
    return found;
  }

  get #testCases(): MockFile['StateMachines'][string]['TestCases'] {
    return this.file.StateMachines[this.machineName]?.TestCases ?? {};
  }
}

function covers(range: string, call: number): boolean {
  const [first = '', last = first] = range.split('-');
  return call >= Number(first) && call <= Number(last);
}
