/** Reads the rules of a stage from `config/<stage>.yml` in the working directory. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../deployment/config';
import { knownRulesOf } from '../deployment/demands';
import { describeError, type Problem } from '../src/errors';
import { envBaseOf } from '../src/machines/names';
import type { DemandRules } from '../src/rules/model';

/** The rules, or the reason why they are unknown. This file may be a bundle of its own, so it throws no error of ours. */
export type RulesOfStage =
  | { readonly status: 'READ'; readonly rules: DemandRules }
  | { readonly status: 'NO_FILE' | 'MISTAKEN'; readonly problem: Problem };

export async function readRulesOfStage(stage: string): Promise<RulesOfStage> {
  const file = join('config', `${stage}.yml`);
  if (!existsSync(file)) return { status: 'NO_FILE', problem: noFile(stage, file) };
  try {
    const config = readConfig(parse(await readFile(file, 'utf8')), file);
    return { status: 'READ', rules: knownRulesOf(config, envBaseOf(stage)) };
  } catch (error) {
    const problem = { pointer: '', message: describeError(error).message, remedy: 'Correct the file' };
    return { status: 'MISTAKEN', problem };
  }
}

function noFile(stage: string, file: string): Problem {
  return {
    pointer: '',
    message: `the rules of the stage ${stage} are unknown: there is no ${file} here`,
    remedy: 'Start the command in the folder with config/, or leave --stage out',
  };
}
