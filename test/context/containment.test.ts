import { posix } from 'node:path';
import fc from 'fast-check';
import { sharedInputKey } from '../../src/context/paths';
import * as errors from '../../src/errors';
import { buildContext } from '../../src/steps/build-context';
import { examine, normalise } from '../../src/steps/normalise';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { hostileRequest, runs } from '../demand/arbitraries';
import { stepWorld } from '../steps/worlds';

/** Decides by the rules of the operating system, not by the code under test. */
function isInside(path: string, folder: string): boolean {
  const climbed = posix.relative(folder, path);
  return posix.isAbsolute(path) && climbed.split('/')[0] !== '..';
}

async function volumesAndPaths(request: unknown) {
  const world = stepWorld();
  const normalised = await normalise(request, world);
  const volumes = await resolveEfs(normalised, world);
  const response = await buildContext({ request: normalised, volumes }, world);
  const { layout } = await examine(request, world);
  return { volumes: Object.values(volumes), response, layout: layout!, made: [...world.made.keys()] };
}

type Accepted = Awaited<ReturnType<typeof volumesAndPaths>>;

function expectInContainer({ volumes, layout, response }: Accepted, id: string): void {
  const [scratch, shared] = volumes;
  const { workingDirectory } = layout.paths;
  expect(workingDirectory).toBe(posix.join(scratch!.container_path, id));
  expect(posix.basename(workingDirectory)).toBe(id);
  expect(response.setup_configs.batch_create_request.environment.WORKING_DIR).toBe(workingDirectory);
  for (const { path } of [...layout.parameters.inputs, ...layout.parameters.outputs]) {
    expect(
      [workingDirectory, shared!.container_path].filter((home) => isInside(path, home)),
    ).not.toHaveLength(0);
    expect(path).not.toContain('\0');
  }
}

function expectOnEfs({ response }: Accepted, id: string): void {
  const { setup_configs, cleanup_configs } = response;
  const locations = [
    ...setup_configs.data_sync_requests.map((sync) => sync.destination_path),
    ...cleanup_configs.data_sync_requests.map((sync) => sync.source_path),
    ...cleanup_configs.remove_data_paths_requests.flatMap(({ paths }) => paths),
  ];
  for (const location of locations) {
    expect(location.slice(0, 'fs-1:'.length)).toBe('fs-1:');
    const path = location.slice('fs-1:'.length);
    expect([`/scratch/${id}`, '/shared'].filter((folder) => isInside(path, folder))).not.toHaveLength(0);
  }
}

/** Only a hash of the remote leads into the shared volume: other executions read there. */
function expectSharedByKey({ response, layout }: Accepted): void {
  const { setup_configs, cleanup_configs } = response;
  for (const [index, { destination_path }] of setup_configs.data_sync_requests.entries()) {
    const { remote, filters } = layout.parameters.inputs[index]!;
    if (/^fs-1:\/shared(\/|$)/.test(destination_path))
      expect(destination_path).toBe(`fs-1:/shared/${sharedInputKey(remote, filters)}`);
  }
  const others = [
    ...cleanup_configs.data_sync_requests.map((sync) => sync.source_path),
    ...cleanup_configs.remove_data_paths_requests.flatMap(({ paths }) => paths),
  ];
  for (const path of others) expect(path).not.toMatch(/^fs-1:\/shared(\/|$)/);
}

test('the paths of any demand stay in its working directory and the volumes', async () => {
  let accepted = 0;
  const staysInside = fc.asyncProperty(hostileRequest, async (request) => {
    const got = await volumesAndPaths(request).catch((error: unknown) => error);
    if (got instanceof Error) {
      expect(got).toBeInstanceOf(errors.DemandError);
      expect(Object.keys(errors)).toContain(got.name);
      return;
    }
    accepted += 1;
    const demand = request.demand_execution as { execution_id: string };
    expectInContainer(got as Accepted, demand.execution_id);
    expectOnEfs(got as Accepted, demand.execution_id);
    expectSharedByKey(got as Accepted);
    for (const path of (got as Accepted).made)
      expect(isInside(path, `/mnt/scratch/${demand.execution_id}`)).toBe(true);
  });
  const cases = runs(4_000);
  await fc.assert(staysInside, cases);
  // With only refused demands the property would be empty.
  expect(accepted).toBeGreaterThan(cases.numRuns / 40);
});

test('the working directory contains no volume, because it is removed at the end', async () => {
  const isApart = fc.asyncProperty(hostileRequest, async (request) => {
    const got = await volumesAndPaths(request).catch(() => undefined);
    if (got === undefined) return;
    const { workingDirectory } = got.layout.paths;
    for (const volume of got.volumes) expect(isInside(volume.container_path, workingDirectory)).toBe(false);
  });
  await fc.assert(isApart, runs(1_000));
});
