/** Looks up the files of a demand, in folders of this machine or with the deployed functions. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Tier } from './tier';

/** @param id the execution id */
export async function hasWorkingDirectory(tier: Tier, id: string): Promise<boolean> {
  return tier.fileSystems === undefined ? hasFiles(tier, id) : foldersOf(tier.fileSystems, id).length > 0;
}

/** Returns the process id that a job has written to `pid`, when jobs are processes of this machine. */
export function processOf(tier: Tier, id: string): number | undefined {
  return Number(contentIn(tier, id, 'pid')?.trim()) || undefined;
}

/** Returns the content of a file in the working directory, when it is a folder of this machine. */
export function contentIn({ fileSystems }: Tier, id: string, name: string): string | undefined {
  const files = fileSystems === undefined ? [] : foldersOf(fileSystems, id).map((each) => join(each, name));
  const file = files.find((each) => existsSync(each));
  return file === undefined ? undefined : readFileSync(file, 'utf8');
}

/** Returns whether the directory has files. A working directory always has one: the environment file. */
async function hasFiles(tier: Tier, id: string): Promise<boolean> {
  const answer = await new LambdaClient(tier.settings).send(
    new InvokeCommand({
      FunctionName: `${tier.stackName}-getDataPathStats`,
      Payload: JSON.stringify({ path: `${tier.fileSystemId}:/scratch/${id}` }),
    }),
  );
  const said = answer.Payload?.transformToString() ?? '';
  if (answer.FunctionError !== undefined) throw new Error(`The file system could not be looked at: ${said}`);
  return JSON.parse(said).path_stats.object_count > 0;
}

function foldersOf(fileSystems: string, id: string): string[] {
  const all = readdirSync(fileSystems).map((fileSystem) => join(fileSystems, fileSystem, 'scratch', id));
  return all.filter((folder) => existsSync(folder));
}
