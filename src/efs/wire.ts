/** Volumes between two steps of the state machine. */
import * as v from 'valibot';
import { camelCased, model, optional, requiredText } from '../wire/schema';
import type { Role, Volume, Volumes } from './model';

const volume = (role: Role) =>
  v.pipe(
    camelCased(
      model({
        file_system_id: requiredText(),
        access_point_id: requiredText(),
        access_point_path: requiredText(),
        container_path: requiredText(),
      }),
    ),
    v.transform((fields): Volume => ({ role, ...fields })),
  );

export const volumesSchema = model({
  scratch: volume('scratch'),
  shared: volume('shared'),
  tmp: optional(volume('tmp')),
});

export function writeVolumes({ scratch, shared, tmp }: Volumes) {
  return {
    scratch: writeVolume(scratch),
    shared: writeVolume(shared),
    ...(tmp !== undefined && { tmp: writeVolume(tmp) }),
  };
}

function writeVolume({ fileSystemId, accessPointId, accessPointPath, containerPath }: Volume) {
  return {
    file_system_id: fileSystemId,
    access_point_id: accessPointId,
    access_point_path: accessPointPath,
    container_path: containerPath,
  };
}
