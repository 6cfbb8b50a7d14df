/** The access points of an existing file system that demands may mount, by role: src/efs/stage-access-points.ts. */
import * as v from 'valibot';
import { ACCESS_POINT_PATH } from '../../src/aws-limits';
import { VOLUME_ROLES, type VolumeRole } from '../../src/efs/model';
import { overlappingAccessPoints } from '../../src/efs/stage-access-points';
import { described, list, object, text } from './fields';

const folder = v.pipe(
  text(/^(?:\/[^/\0"\\$]+){1,4}$/, 'a folder such as /scratch, of one to four names'),
  v.check(
    (path) => path.length <= ACCESS_POINT_PATH,
    `a folder with a path of at most ${ACCESS_POINT_PATH} characters`,
  ),
  v.check(
    (path) => path.split('/').every((name) => !/^\.{1,2}$|^\.demand/i.test(name)),
    'a folder without the names "." and "..", and not the folder of the service (.demand...)',
  ),
);

const accessPoint = object({
  id: text(/^fsap-[0-9a-f]{17}$/, 'the id of an access point, with 17 hexadecimal digits'),
  path: described(folder, 'Its root directory. The whole file system (/) is for the functions only.'),
  name: described(
    v.optional(text(/^[\p{L}\p{N} _.:/=+@-]{1,255}$/u, 'the value of a tag')),
    'Its tag Name. Default: the name of the role.',
  ),
});

export const accessPoints = described(
  object({
    scratch: described(v.optional(list(accessPoint), []), 'For working directories of demands.'),
    shared: described(v.optional(list(accessPoint), []), 'For inputs that demands share. Jobs only read it.'),
    tmp: described(
      v.optional(list(accessPoint), []),
      'For temporary files of jobs that ask for this volume.',
    ),
  }),
  'The access points that demands may mount, by role. The access point of the functions is never one of them.',
);

type AccessPoints = v.InferOutput<typeof accessPoints>;

interface FileSystem {
  readonly create?: unknown;
  readonly id?: string;
  readonly rootAccessPointArn?: string;
  readonly accessPoints?: AccessPoints;
}

/** Returns the mistakes of access points that exclude each other, and of roles that no access point serves. */
export function accessPointMistakes(fileSystems: readonly FileSystem[]): string[] {
  const isMade = fileSystems.some((one) => one.create !== undefined);
  const isServed = (role: VolumeRole) =>
    isMade || fileSystems.some((one) => (one.accessPoints?.[role] ?? []).length > 0);
  const listed = fileSystems.map(listedIn);
  return [
    ...(['scratch', 'shared'] as const)
      .filter((role) => !isServed(role))
      .map((role) => `/fileSystems: list an access point for the role ${role} (accessPoints.${role})`),
    ...repeated(fileSystems.map(({ id }, index) => ({ id, at: `/fileSystems/${index}` }))),
    ...repeated(listed.flat()),
    ...fileSystems.flatMap(({ rootAccessPointArn = '' }, index) =>
      (listed[index] ?? [])
        .filter(({ id }) => rootAccessPointArn.endsWith(`/${id}`))
        .map(({ at }) => `${at}/id: is the access point of the functions, and no demand may mount it`),
    ),
    ...listed
      .flatMap(overlappingAccessPoints)
      .map(
        ([one, other]) =>
          `${other.at}/path: ${other.path} (${other.role}) and ${one.path} (${one.role}) are the same folder, or one contains the other`,
      ),
  ];
}

function listedIn({ accessPoints: given }: FileSystem, fileSystem: number) {
  return VOLUME_ROLES.flatMap((role) =>
    (given?.[role] ?? []).map((one, index) => ({
      ...one,
      role,
      name: one.name ?? role,
      at: `/fileSystems/${fileSystem}/accessPoints/${role}/${index}`,
    })),
  );
}

function repeated(all: readonly { readonly id?: string | undefined; readonly at: string }[]): string[] {
  return all
    .filter(({ id }, index) => id !== undefined && all.findIndex((other) => other.id === id) < index)
    .map(({ id, at }) => `${at}/id: ${id} is listed twice`);
}
