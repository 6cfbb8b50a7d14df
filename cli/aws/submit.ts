/** `demand submit FILE`: checks a demand here, and runs it on AWS. */
import { isDeepStrictEqual } from 'node:util';
import { EXECUTION_NAME_DAYS } from '../../src/aws-limits';
import { ignoredFields } from '../../src/context/ignored-fields';
import { ExecutionAlreadyExists, refuseIfAny } from '../../src/errors';
import { executionName } from '../../src/events/names';
import { executionArnOf } from '../../src/history/arns';
import { readDocument } from '../document';
import { ignoredFieldLines } from '../ignored-fields';
import { err, out } from '../output/output';
import { EXIT } from '../refusal';
import type { AwsApi } from './api';
import { type Checked, checkDocument } from './check';
import { isDenied, VerbFailed } from './failures';
import { watch } from './follow';
import { findMachine, type Machine } from './machine';
import { nextCommand } from './next';
import type { SubmitOptions } from './options';
import { withAws } from './verb';

interface Submission {
  readonly executionId: string;
  readonly name: string;
  readonly executionArn: string;
  /** The execution was running before this command. */
  readonly alreadyRunning: boolean;
}

export function submitCommand(file: string, options: SubmitOptions): Promise<number> {
  return withAws(options, async (api) => {
    const document = await readDocument(file);
    const checked = await checkDocument(document, options);
    refuseIfAny(checked.problems);
    const machine = await findMachine(api, options);
    const submission = await submit(api, machine, document, { ...options, executionId: checked.executionId });
    tell(submission, ignoredFields(document), options);
    if (!options.watch) return EXIT.ok;
    // Without DescribeExecution, which may not know the new execution yet.
    return watch(api, { ...submission, input: JSON.stringify(document) }, options);
  });
}

async function submit(
  api: AwsApi,
  machine: Machine,
  document: unknown,
  options: SubmitOptions & Pick<Checked, 'executionId'>,
): Promise<Submission> {
  const { executionId, attempt } = options;
  const name = executionName(executionId, attempt);
  const submission = { executionId, name, executionArn: executionArnOf(machine.arn, name) };
  const isSame = async () => isSameRunning(await mayLook(api, submission.executionArn), document);
  // Before the start, as the answer to a start does not tell a new execution from a running one.
  if (await isSame()) return { ...submission, alreadyRunning: true };
  if ((await api.start(machine.arn, name, JSON.stringify(document))) !== undefined)
    return { ...submission, alreadyRunning: false };
  // Another command was faster, with the same demand or another.
  if (await isSame()) return { ...submission, alreadyRunning: true };
  throw await taken(api, submission, options);
}

function isSameRunning(existing: Awaited<ReturnType<AwsApi['execution']>>, document: unknown): boolean {
  return existing?.status === 'RUNNING' && isDeepStrictEqual(JSON.parse(existing.input ?? 'null'), document);
}

/** A caller that may only start executions goes on without the description. */
async function mayLook(api: AwsApi, arn: string) {
  return api.execution(arn).catch((error) => {
    if (error instanceof VerbFailed && isDenied(error)) return undefined;
    throw error;
  });
}

async function taken(
  api: AwsApi,
  { name, executionArn: arn }: Pick<Submission, 'name' | 'executionArn'>,
  options: SubmitOptions & Pick<Checked, 'executionId'>,
): Promise<ExecutionAlreadyExists> {
  const { executionId, attempt = 1 } = options;
  const status = (await mayLook(api, arn))?.status;
  const again = `\`--attempt ${attempt + 1}\` runs it as ${executionName(executionId, attempt + 1)}`;
  return new ExecutionAlreadyExists(
    status === 'RUNNING'
      ? `Another demand with the execution_id "${executionId}" is running (${name}). Give this demand another id, or wait (\`${nextCommand(`watch ${name}`, options)}\`), or stop the other (\`${nextCommand(`cancel ${name}`, options)}\`)`
      : `The execution ${name} exists already${status === undefined ? '' : ` (${status})`}, and its name is taken for ${EXECUTION_NAME_DAYS} days. ${again}. If the last attempt has kept its working directory, give the demand another id`,
  );
}

function tell(submission: Submission, ignored: readonly string[], options: SubmitOptions): void {
  if (options.json) {
    out.json({ type: 'submitted', ...submission, ignoredFields: ignored });
    return;
  }
  const { name, executionArn: arn, alreadyRunning } = submission;
  err.lines(ignoredFieldLines(ignored));
  const what = alreadyRunning
    ? 'is already running, with the same input: nothing was started'
    : 'was submitted';
  const next = alreadyRunning ? [] : [`  ${nextCommand(`watch ${name}`, options)}`];
  out.lines([`demand ${name} ${what}`, `  ${arn}`, ...next]);
}
