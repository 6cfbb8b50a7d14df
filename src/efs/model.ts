/** EFS as this service sees it: file systems, their access points, and where one shows in a container. */
import * as v from 'valibot';
import { model, optional, requiredText, writeModel } from '../wire/schema';

export interface FileSystem {
  /** `fs-...` */
  readonly fileSystemId: string;
  readonly name: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface AccessPoint {
  /** `fsap-...` */
  readonly accessPointId: string;
  readonly fileSystemId: string;
  readonly name: string | undefined;
  /** The folder of the file system that the access point shows as its root. */
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What exists; implemented over the EFS API, and over folders on a developer's machine. */
export interface FileSystemDirectory {
  fileSystems(): Promise<readonly FileSystem[]>;
  /** Those of one file system, or all. */
  accessPoints(fileSystemId?: string): Promise<readonly AccessPoint[]>;
  /** The same, looked up anew; undefined where what was told is new already. */
  refreshed?(): FileSystemDirectory | undefined;
}

/** What a volume of a job is for. */
export type Role = 'scratch' | 'shared' | 'tmp';

export const ROLES: readonly Role[] = ['scratch', 'shared', 'tmp'];

/** One role, resolved: which access point of which file system, and where the container sees it. */
const volume = (role: Role) =>
  v.pipe(
    model({
      fileSystemId: requiredText(),
      accessPointId: requiredText(),
      /** Root of the access point inside its file system. */
      accessPointPath: requiredText(),
      containerPath: requiredText(),
    }),
    v.transform((fields) => ({ role, ...fields })),
  );

/** Volumes between two steps of the state machine. The key of a volume is its role. */
export const volumesSchema = model({
  scratch: volume('scratch'),
  shared: volume('shared'),
  tmp: optional(volume('tmp')),
});

export type Volumes = v.InferOutput<typeof volumesSchema>;
export type Volume = Volumes['scratch'];

export function writeVolumes(volumes: Volumes) {
  return writeModel(volumesSchema, volumes);
}
