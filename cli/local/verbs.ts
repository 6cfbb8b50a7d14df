/** `demand local ...`: AWS on this machine. */
import { type Command, Option } from 'commander';
import { wholeNumber } from '../numbers';
import { DEFAULT_ROOT } from './instructions';
import type { LocalOptions } from './options';

export function addLocal(demand: Command): void {
  const local = demand
    .command('local')
    .description('AWS on this machine, with the service deployed into it.');
  const verbs: [string, string, () => Promise<(options: LocalOptions) => Promise<number>>][] = [
    ['up', 'Starts it in the background.', async () => (await import('./up')).upCommand],
    ['serve', 'Starts it and waits until it is stopped.', async () => (await import('./serve')).serveCommand],
  ];
  for (const [name, description, load] of verbs)
    local
      .command(name)
      .description(description)
      .option('--root <dir>', 'what it keeps: file systems, the package, logs', DEFAULT_ROOT)
      .option('--project <dir>', 'the clone whose package is deployed', '.')
      .option('--stage <name>', 'the stage that is deployed: config/<stage>.yml', 'local')
      .option('--port <n>', 'of this machine; 0 for any', wholeNumber, 0)
      .option('--seed <dir>', 'a folder of buckets to begin with')
      .option('--bucket <name...>', 'an empty bucket to begin with', [])
      .addOption(
        new Option('--runner <kind>', 'how jobs run').choices(['process', 'docker']).default('process'),
      )
      .action(async (options: LocalOptions) => {
        process.exitCode = await (await load())(options);
      });
  local
    .command('down')
    .description('Stops it.')
    .option('--root <dir>', 'where it was started', DEFAULT_ROOT)
    .action(async (options: { readonly root: string }) => {
      process.exitCode = await (await import('./down')).downCommand(options);
    });
}
