/** `demand local ...`: the AWS API on this machine. */
import { type Command, Option } from 'commander';
import { wholeNumber } from '../numbers';
import { DEFAULT_ROOT } from './instructions';
import { type LocalOptions, OPEN_STAGE } from './options';

export function addLocal(demand: Command): void {
  const local = demand
    .command('local')
    .description('Runs the AWS API on this machine, with the service deployed.');
  const verbs: [string, string, () => Promise<(options: LocalOptions) => Promise<number>>][] = [
    ['up', 'Starts the local API in the background.', async () => (await import('./up')).upCommand],
    [
      'serve',
      'Starts the local API and waits until it is stopped.',
      async () => (await import('./serve')).serveCommand,
    ],
  ];
  for (const [name, description, load] of verbs)
    local
      .command(name)
      .description(description)
      .option('--root <dir>', 'the folder of its file systems, package and logs', DEFAULT_ROOT)
      .option('--project <dir>', 'the clone whose package is deployed', '.')
      .option('--stage <name>', 'the stage that is deployed: config/<stage>.yml', OPEN_STAGE)
      .option('--port <n>', 'the port of its endpoint; 0 for any free port', wholeNumber, 0)
      .option('--seed <dir>', 'a folder of buckets to copy into it')
      .option('--bucket <name...>', 'an empty bucket to create', [])
      .addOption(
        new Option('--runner <kind>', 'how jobs run').choices(['process', 'docker']).default('process'),
      )
      .action(async (options: LocalOptions) => {
        process.exitCode = await (await load())(options);
      });
  local
    .command('down')
    .description('Stops the local API.')
    .option('--root <dir>', 'the root of the local API', DEFAULT_ROOT)
    .action(async (options: { readonly root: string }) => {
      process.exitCode = await (await import('./down')).downCommand(options);
    });
}
