/** `demand help VERB`: commander's own help verb prints the general help for a verb that does not exist. */
import type { Command } from 'commander';

/** Gives `help` to the program and to each verb with verbs of its own. */
export function addHelp(command: Command): void {
  const verbs = [...command.commands];
  command.helpCommand(false);
  command
    .command('help')
    .description('Shows the help of a verb.')
    .argument('[verb...]', 'the verb')
    .action((words: string[]) => helpOf(command, words));
  for (const verb of verbs) if (verb.commands.length > 0) addHelp(verb);
}

function helpOf(command: Command, [word, ...rest]: readonly string[]): never {
  if (word === undefined) return command.help();
  const verb = command.commands.find((each) => each.name() === word);
  if (verb !== undefined) return helpOf(verb, rest);
  const path = [...pathOf(command), word].join(' ');
  return command.error(
    `error: unknown command '${path}'. ${pathOf(command).join(' ')} help lists the commands`,
  );
}

function pathOf(command: Command): string[] {
  return [...(command.parent === null ? [] : pathOf(command.parent)), command.name()];
}
