/** File systems of EFS, their access points, and the volumes of a job. */
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

/** The existing file systems and access points. The EFS API has an implementation, and folders of a developer's machine. */
export interface FileSystemDirectory {
  fileSystems(): Promise<readonly FileSystem[]>;
  /** Returns the access points of one file system, or all access points. */
  accessPoints(fileSystemId?: string): Promise<readonly AccessPoint[]>;
  /** Returns a directory that asks again; undefined when no earlier answer came from a cache. */
  refreshed?(): FileSystemDirectory | undefined;
}

/** The use of a volume in a job. */
export type VolumeRole = 'scratch' | 'shared' | 'tmp';

export const VOLUME_ROLES: readonly VolumeRole[] = ['scratch', 'shared', 'tmp'];

/** The volume of one role: a resolved access point, and its path in the container. */
const volume = (role: VolumeRole) =>
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
