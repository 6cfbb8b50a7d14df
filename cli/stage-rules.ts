/** Reads the rules of a stage from `config/<stage>.yml` in the working directory. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../deployment/config';
import { knownRulesOf } from '../deployment/demands';
import { DemandValidationError, describeError } from '../src/errors';
import { envBaseOf } from '../src/machines/names';
import type { DemandRules } from '../src/rules/model';

/**
 * @returns undefined when the stage has no file
 * @throws DemandValidationError with every mistake of the file
 */
export async function findRulesOfStage(stage: string): Promise<DemandRules | undefined> {
  const file = fileOf(stage);
  if (!existsSync(file)) return undefined;
  try {
    return knownRulesOf(readConfig(parse(await readFile(file, 'utf8')), file), envBaseOf(stage));
  } catch (error) {
    throw refusal(describeError(error).message, 'Correct the file');
  }
}

/** @throws DemandValidationError also when the stage has no file */
export async function rulesOfStage(stage: string): Promise<DemandRules> {
  const rules = await findRulesOfStage(stage);
  if (rules !== undefined) return rules;
  throw refusal(
    `the rules of the stage ${stage} are unknown: there is no ${fileOf(stage)} here`,
    'Start the command in the folder with config/, or leave --stage out',
  );
}

function fileOf(stage: string): string {
  return join('config', `${stage}.yml`);
}

function refusal(message: string, remedy: string): DemandValidationError {
  return new DemandValidationError([{ pointer: '', message, remedy }]);
}
