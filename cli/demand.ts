import { Command, Option } from 'commander';
import { version } from '../package.json';
import { describeError } from '../src/errors';
import { DEFAULT_STAGING } from '../src/machines/concurrency';
import { AWS_EXIT_CODES, addAwsVerbs, addInlineLimits, addResume, addSweep } from './aws-verbs';
import { addHelp } from './help';
import { addLocal } from './local/verbs';
import { mapConcurrency, wholeNumber } from './numbers';
import { COLOURS, type SyncOptions, type WorldOptions } from './options';
import { err, out } from './output/output';
import { planCommand } from './plan';
import { EXIT } from './refusal';
import { listKeptCommand, resumeCommand } from './resume';
import { runCommand } from './run';
import { sweepCommand } from './sweep';
import { validateCommand } from './validate';

const EXAMPLES = `
Examples:
  demand validate demand.json
  demand plan demand.json --seed examples/penguins/s3
  demand run demand.json
  demand run demand.json --root /data/demand-world
  demand sync results/ s3://my-bucket/results/ --exclude '.*.tmp' --dry-run
  demand submit demand.json --stage prod --watch
  demand logs my-demand --follow
  demand run demand.json --json | jq -r 'select(.type == "finished").result.status'

In the root, s3://bucket/key is ROOT/s3/bucket/key; the file systems are ROOT/efs/scratch, ROOT/efs/shared
and ROOT/efs/tmp; records of each run are in ROOT/executions. A remote may also be file:///a/path.

Exit codes: 0 the demand succeeded, or is valid; 1 it failed; 2 the demand or the command line is invalid; 130 it was cancelled.
${AWS_EXIT_CODES}`;

function program(): Command {
  const demand = new Command('demand')
    .description(
      'Runs demand executions on this machine or on AWS, with the same state machines and functions.',
    )
    .version(version)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(demand --help says more)')
    .configureOutput({
      writeOut: (text) => out.text(text),
      writeErr: (text) => err.text(text),
      outputError: (text) => err.message(text.trimEnd()),
    })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.refused));
  addVerb(demand, 'validate', 'Names every mistake of a demand.', validateCommand);
  addInlineLimits(
    addVerb(
      demand,
      'plan',
      'Shows the copies, the job and the removals of a run; changes nothing.',
      planCommand,
    ),
  );
  addInlineLimits(addVerb(demand, 'run', 'Runs a demand to its end.', runCommand))
    .option(
      '--staging-concurrency <n>',
      'number of inputs, or outputs, that are copied at once',
      mapConcurrency,
      DEFAULT_STAGING.concurrency,
    )
    .option(
      '--batch-concurrency <n>',
      'number of batches of one large transfer that are copied at once',
      mapConcurrency,
      DEFAULT_STAGING.batchConcurrency,
    )
    .option('--mock <path>', 'replace tasks by answers of a mock file: happy, job_fails, input_missing, ...')
    .option(
      '--mock-file <file>',
      'the mock file, in the format of Step Functions Local',
      'local/step-functions-local/MockConfigFile.json',
    )
    .option(...COLOURS);
  addResume(demand, resumeCommand);
  addSync(demand);
  addAwsVerbs(demand, listKeptCommand);
  addSweep(demand, sweepCommand);
  addLocal(demand);
  addHelp(demand);
  return demand;
}

function addSync(demand: Command): void {
  demand
    .command('sync')
    .description('Copies new and changed files, with the engine that stages the inputs of demands.')
    .argument('<source>', 's3://bucket/key, fs-...:/path of a mounted file system, a file or a folder')
    .argument('<destination>', 'the same; a folder gets the files of the source folder')
    .option('--include <regex...>', 'only files whose path below the source matches as a whole')
    .option('--exclude <regex...>', 'no files whose path matches one of these')
    .option('--delete', 'remove files that the source does not have', false)
    .option('--checksum', 'compare contents, not only sizes', false)
    .option('--no-record', 'with --checksum, read also files that have a record of an earlier comparison')
    .option('--dry-run', 'list the files to copy and to remove, with the reasons', false)
    .option('--concurrency <n>', 'number of files at once', wholeNumber, 32)
    .option('--json', 'print one JSON document a line', false)
    .action(async (source: string, destination: string, options: SyncOptions) => {
      // The AWS clients load slower than a whole local run.
      const { syncCommand } = await import('./sync');
      process.exitCode = await syncCommand(source, destination, options);
    });
}

function addVerb<T extends WorldOptions>(
  parent: Command,
  name: string,
  description: string,
  action: (file: string, options: T) => Promise<number>,
): Command {
  return parent
    .command(name)
    .description(description)
    .argument('<file>', 'a demand execution or a scaffolding request, as JSON; - for standard input')
    .option('--root <dir>', 'the folder with all local data', '.demand')
    .option('--seed <dir>', 'a folder of buckets to copy into the root first')
    .option('--stage <stage>', 'check the demand with the rules in config/<stage>.yml')
    .addOption(
      new Option('--runner <kind>', 'how the job runs').choices(['process', 'docker']).default('process'),
    )
    .option('--json', 'print one JSON document a line', false)
    .action(async (file: string, options: T) => {
      process.exitCode = await action(file, options);
    });
}

/** Node would print an error with its hidden characters. */
function fail(error: unknown): never {
  err.message(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(EXIT.failed);
}

/** A demand goes on: its result and its records do not depend on the output. */
function tellOfLostOutput(error: Error): void {
  err.message(`The output is not complete: ${error.message}`);
  process.once('exit', (code) => {
    if (code === EXIT.ok) process.exitCode = EXIT.failed;
  });
}

process.on('uncaughtException', fail);
out.onLost(tellOfLostOutput);
program()
  .parseAsync()
  .catch((error: unknown) => {
    err.message(describeError(error).message);
    process.exitCode = EXIT.failed;
  });
