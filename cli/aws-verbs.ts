/** Declares the verbs on AWS. Their code is loaded when one of them runs. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type {
  AwsOptions,
  AwsSweepOptions,
  CancelOptions,
  ExecutionOptions,
  ListOptions,
  LogsOptions,
  SubmitOptions,
} from './aws/options';
import { wholeNumber } from './numbers';
import type { ResumeOptions, SweepOptions } from './options';
import { COLOURS } from './options';
import { timeSince } from './times';

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

export const AWS_EXIT_CODES = `On AWS: 0 also: it runs (submit, status), or it has ended (cancel); 1 it failed, timed out or was stopped
(status, watch), or did not end in time (cancel); 2 as above; 3 the execution, job or machine does not exist; 4 AWS cannot
be called: no credentials, no permission or no connection; 130 Ctrl-C, after which the execution goes on.`;

type Commands = typeof import('./aws/commands');
type Action<A extends unknown[]> = (commands: Commands, ...args: A) => Promise<number>;

type ListKeptOptions = Pick<ResumeOptions, 'root' | 'json'>;
type ListKept = (options: ListKeptOptions) => Promise<number>;

export function addAwsVerbs(demand: Command, listKept: ListKept): void {
  addSubmit(demand);
  const status: Action<[string, ExecutionOptions]> = ({ statusCommand }, ...args) => statusCommand(...args);
  addOnExecution(demand, 'status', 'Shows the state of an execution, or its end.', status);
  const watch: Action<[string, ExecutionOptions]> = ({ watchCommand }, ...args) => watchCommand(...args);
  addOnExecution(demand, 'watch', 'Follows an execution to its end.', watch).option(...COLOURS);
  addList(demand, listKept);
  const cancel: Action<[string, CancelOptions]> = ({ cancelCommand }, ...args) => cancelCommand(...args);
  addOnExecution(demand, 'cancel', 'Stops an execution and its job.', cancel)
    .option('--reason <words>', 'the cause of the end, which the execution keeps')
    .option('--wait <seconds>', 'wait at most so long for the end of both', wholeNumber, 60);
  const logs: Action<[string, LogsOptions]> = ({ logsCommand }, ...args) => logsCommand(...args);
  addOnExecution(demand, 'logs', "Prints the output of an execution's job.", logs)
    .option('--functions', 'print the log lines of its Lambda functions instead, in the order of time', false)
    .option('--follow', 'go on to the end of the job', false)
    .option(...COLOURS)
    .option(
      '--since <time>',
      'only lines since an ISO time (UTC without a zone), or so long ago: 90s, 15m, 2h, 1d',
      (text) => timeSince(text),
    );
}

function addSubmit(demand: Command): void {
  const submit = demand
    .command('submit')
    .description('Checks a demand, and starts its execution on AWS, named after its execution_id.')
    .argument('<file>', 'a demand execution or a scaffolding request, as JSON; - for standard input')
    .option('--attempt <n>', 'name the execution ID--N, to run a demand again', positive)
    .option('--watch', 'follow the execution to its end', false)
    .option(...COLOURS);
  withAwsOptions(submit).action(
    lazily<[string, SubmitOptions]>(({ submitCommand }, ...args) => submitCommand(...args)),
  );
}

/** @param sweepRoot sweeps a root on this machine */
export function addSweep(demand: Command, sweepRoot: (options: SweepOptions) => Promise<number>): void {
  const verb = demand
    .command('sweep')
    .description(
      'Removes what executions have left and nobody needs any more, here or, with --stage, on AWS.',
    )
    .option('--dry-run', 'tell what a sweep would remove, and remove nothing', false)
    .option('--root <dir>', 'the folder with all local data', '.demand')
    .option('--days <n>', 'local: remove what was not used for so many days', wholeNumber);
  type Given = SweepOptions & Omit<AwsSweepOptions, 'stage'> & { readonly stage?: string };
  withAwsOptions(verb, 'the stage whose machine sweeps; without it, the root is swept').action(
    async (options: Given) => {
      const { stage = '', stateMachine } = options;
      const isOnAws = stage !== '' || stateMachine !== undefined;
      process.exitCode = isOnAws
        ? await (await import('./aws/commands')).sweepStageCommand({ ...options, stage })
        : await sweepRoot(options);
    },
  );
}

function addList(demand: Command, listKept: ListKept): void {
  const list = demand
    .command('list')
    .description('Lists executions, the newest first.')
    .option('--status <status>', `only executions with this status: ${STATUSES.join(', ')}`, executionStatus)
    .option('--limit <n>', 'at most so many executions', positive, 20)
    .option(
      '--kept',
      'list the working directories with outputs that are not stored, of a root or, with --stage, on AWS',
      false,
    )
    .option('--root <dir>', 'with --kept: the folder with all local data', '.demand');
  withAwsOptions(list).action(async (options: ListOptions & ListKeptOptions & { readonly kept: boolean }) => {
    const isOnAws = list.getOptionValueSource('stage') !== 'default' || options.stateMachine !== undefined;
    if (options.kept && !isOnAws) {
      process.exitCode = await listKept(options);
      return;
    }
    const { listCommand, listKeptOnStageCommand } = await import('./aws/commands');
    process.exitCode = await (options.kept ? listKeptOnStageCommand : listCommand)(options);
  });
}

/** @param resumeHere stores the outputs of a kept directory on this machine */
export function addResume(
  demand: Command,
  resumeHere: (id: string, options: ResumeOptions) => Promise<number>,
): void {
  const resume = demand
    .command('resume')
    .description(
      'Stores the outputs of a kept directory, here or, with --stage, on AWS, and then removes the directory.',
    )
    .argument(
      '<id>',
      "the demand's execution_id, on AWS also an execution's name or ARN; `demand list --kept` shows them",
      executionId,
    )
    .option('--root <dir>', 'the folder with all local data', '.demand')
    .addOption(
      new Option('--runner <kind>', 'local: how the job ran')
        .choices(['process', 'docker'])
        .default('process'),
    )
    .option('--attempt <n>', 'on AWS: the attempt of the demand that kept the directory', positive)
    .option('--watch', 'on AWS: follow the new execution to its end', false)
    .option(...COLOURS);
  addInlineLimits(resume);
  type Given = ResumeOptions & Omit<SubmitOptions, 'stage'> & { readonly stage?: string };
  withAwsOptions(resume, 'the stage of the execution; without it, the directory is in the root').action(
    async (id: string, options: Given) => {
      const { stage = '', stateMachine } = options;
      const isOnAws = stage !== '' || stateMachine !== undefined;
      process.exitCode = isOnAws
        ? await (await import('./aws/commands')).resumeOnStageCommand(id, { ...options, stage })
        : await resumeHere(id, options);
    },
  );
}

export function addInlineLimits(verb: Command): Command {
  return verb
    .option(
      '--inline-max-bytes <n>',
      'larger transfers go through the data-sync machine',
      wholeNumber,
      20 * 1024 ** 3,
    )
    .option('--inline-max-files <n>', 'and transfers of more files, too', wholeNumber, 20_000);
}

function addOnExecution<T extends AwsOptions>(
  demand: Command,
  name: string,
  description: string,
  action: Action<[string, T]>,
): Command {
  const verb = demand
    .command(name)
    .description(description)
    .argument('<id>', "the demand's execution_id, or an execution's name or ARN", executionId)
    .option('--attempt <n>', 'the n-th attempt of the demand', positive);
  return withAwsOptions(verb).action(lazily(action));
}

/** @param stage the meaning of `--stage` for a verb that has no default stage */
function withAwsOptions(verb: Command, stage?: string): Command {
  const placed =
    stage === undefined
      ? verb.option('--stage <stage>', 'the machine is <stage>-demand-execution', 'dev')
      : verb.option('--stage <stage>', stage);
  return placed
    .addOption(
      new Option('--state-machine <arn>', 'another state machine')
        .env('DEMAND_STATE_MACHINE_ARN')
        .argParser(stateMachineArn),
    )
    .option('--profile <name>', 'a profile of the AWS configuration (or AWS_PROFILE)')
    .option('--region <name>', "the machine's region (or AWS_REGION, or the profile's)")
    .option('--endpoint-url <url>', 'another endpoint than AWS (or AWS_ENDPOINT_URL)', endpoint)
    .option('--json', 'print one JSON document a line', false)
    .addHelpText('after', `\n${AWS_EXIT_CODES.replace('On AWS: 0 also:', 'Exit codes: 0 it succeeded, or')}`);
}

function executionStatus(text: string): string {
  const status = text.toUpperCase().replaceAll(/[- ]/g, '_');
  if (STATUSES.includes(status)) return status;
  throw new InvalidArgumentError(`It must be one of ${STATUSES.join(', ')}.`);
}

function stateMachineArn(text: string): string {
  if (/^arn:[^:]+:states:[^:]+:\d+:stateMachine:[^:]+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be an ARN like arn:aws:states:REGION:ACCOUNT:stateMachine:NAME.');
}

function executionId(text: string): string {
  if (!text.startsWith('arn:') || /^arn:[^:]+:states:[^:]+:\d+:execution:[^:]+:[^:]+$/.test(text))
    return text;
  throw new InvalidArgumentError(
    'It must be an id, or an ARN like arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME.',
  );
}

function endpoint(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError('It must be a URL like http://127.0.0.1:4566.');
}

function lazily<A extends unknown[]>(action: Action<A>) {
  return async (...args: A): Promise<void> => {
    process.exitCode = await action(await import('./aws/commands'), ...args);
  };
}

function positive(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}
