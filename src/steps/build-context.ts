import * as v from 'valibot';
import { type BuiltContext, buildContext as build, type EnvironmentFile } from '../context/context';
import { soundRequest } from '../context/examine';
import type { LayoutOptions } from '../context/layout';
import { volumesSchema } from '../efs/wire';
import type { MountPoint } from '../transfer/mounts';
import { withoutEmpty } from '../wire/json';
import { model, readModel } from '../wire/schema';

export interface BuildContextWorld extends LayoutOptions {
  readonly mounts: readonly MountPoint[];
  readonly files: WorkingFiles;
}

/** What this step leaves on a mounted file system. */
export interface WorkingFiles {
  /** With its parents; one that is there already is no error. */
  makeDirectory(path: string): Promise<void>;
  /** Whole or not at all, readable by the job's user. */
  writeFile(file: EnvironmentFile): Promise<void>;
}

const eventSchema = model({ request: v.unknown(), volumes: volumesSchema });

/**
 * Third step: `{request, volumes}` in; the contract's scaffolding response out. Makes the working
 * directory and the environment file where the scratch file system is mounted.
 *
 * @throws DemandValidationError; nothing has been made then
 */
export async function buildContext(event: unknown, world: BuildContextWorld) {
  const { request, volumes } = readModel(eventSchema, event);
  const built = build(soundRequest(request, world), withoutEmpty(volumes), world.mounts, world.envBase);
  await makeFiles(built, world.files);
  return built.response;
}

export async function makeFiles(
  { workingDirectory, environmentFile }: BuiltContext,
  files: WorkingFiles,
): Promise<void> {
  if (workingDirectory !== undefined) await files.makeDirectory(workingDirectory);
  if (environmentFile !== undefined) await files.writeFile(environmentFile);
}
