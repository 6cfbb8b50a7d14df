import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workingFiles } from '../../src/adapters/files/working-files';
import { type FileSystemDirectory, VOLUME_ROLES } from '../../src/efs/model';
import { resolveMounts } from '../../src/efs/mount-settings';
import { UNRESTRICTED } from '../../src/rules/model';
import { buildContext } from '../../src/steps/build-context';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { useAwsWorld } from './aws-world';
import { type Answer, DEVIATIONS, type Response } from './deviations';
import { type Case, readVectors, testEachCase, type World, withoutRoot, withRoot } from './vectors';

const { world, cases } = readVectors('scaffolding');

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'contract-')));
});
afterEach(() => rmSync(root, { recursive: true }));

const aws = useAwsWorld(world);

/** The lists of the recorded stages: each access point with the name of a role, as `scratch2`, or in its folder. */
const LISTED = world.access_points.flatMap(({ AccessPointId, FileSystemId, Name, path }) => {
  const role = VOLUME_ROLES.find((each) => Name.startsWith(each) || path.endsWith(`/${each}`));
  const ids = { accessPointId: AccessPointId, fileSystemId: FileSystemId };
  return role === undefined ? [] : [{ ...ids, role, name: Name, path }];
});

describe.each([
  ['the core alone', () => directoryOf(world)],
  ['the EFS API', () => aws.fileSystems],
])('scaffolding on %s', (_, fileSystems) => {
  testEachCase(cases, async (given) => {
    const expected = expectedAnswer(given);
    const got = await answerTo(withRoot(given, root), fileSystems());
    const ours = typeof got === 'string' ? got : withoutRoot(got, root);
    expect(comparable(ours, expected)).toEqual(comparable(expected, expected));
  });
});

describe('deviations', () => {
  test.each(DEVIATIONS)('still differs: $name', (deviation) => {
    // The own vectors have a case of each deviation. Vectors of another folder may have none.
    const touched = cases.filter((given) => given.response !== undefined && deviation.applies(given));
    const isRecorded = deviation.unrecorded !== true && process.env.CONTRACT_VECTORS === undefined;
    if (isRecorded) expect(touched).not.toHaveLength(0);
    for (const given of touched)
      expect(deviation.expected(original(given), given)).not.toEqual(original(given));
  });
});

function original({ response, files_written: files = {} }: Case): Answer {
  return { response: response as unknown as Response, files };
}

function expectedAnswer(given: Case): Answer | 'refused' {
  if (given.response === undefined) return 'refused';
  return DEVIATIONS.filter((deviation) => deviation.applies(given)).reduce<Answer | 'refused'>(
    (answer, deviation) => (answer === 'refused' ? answer : deviation.expected(answer, given)),
    original(given),
  );
}

/** Returns the answer without the free parts of the contract: a name hashed from changed paths, and the order of pairs. */
function comparable(answer: Answer | 'refused', expected: Answer | 'refused'): Answer | 'refused' {
  if (answer === 'refused' || expected === 'refused') return answer;
  const copy = structuredClone(answer);
  if (expected.response.setup_configs.batch_create_request.job_name === '*')
    copy.response.setup_configs.batch_create_request.job_name = '*';
  for (const pair of copy.response.demand_execution.execution_parameters.param_pair_overrides ?? []) {
    pair.inputs?.sort();
    pair.outputs?.sort();
  }
  return copy;
}

async function answerTo(
  { request, env_base: envBase, mounts }: Case,
  fileSystems: FileSystemDirectory,
): Promise<Answer | 'refused'> {
  for (const { path } of mounts) mkdirSync(path, { recursive: true });
  try {
    const volumes = await resolveEfs(request, { fileSystems, settings: { envBase, accessPoints: LISTED } });
    const response = await buildContext(
      { request, volumes },
      {
        files: workingFiles(),
        settings: {
          envBase,
          region: world.region,
          allowFileRemotes: false,
          rules: UNRESTRICTED,
          accessPoints: LISTED,
          mounts: await resolveMounts(mounts, fileSystems),
        },
      },
    );
    return { response: response as unknown as Response, files: filesBelow(root) };
  } catch (error) {
    // A refusal has one of these names. Any other error is a defect.
    expect([
      'DemandValidationError',
      'FileSystemNotFound',
      'FileSystemAmbiguous',
      'AccessPointNotFound',
      'AccessPointAmbiguous',
    ]).toContain((error as Error).name);
    return 'refused';
  }
}

function directoryOf({ file_systems, access_points }: World): FileSystemDirectory {
  return {
    fileSystems: async () =>
      file_systems.map(({ FileSystemId: fileSystemId, Name: name, tags }) => ({ fileSystemId, name, tags })),
    accessPoints: async (wanted) =>
      access_points
        .map(({ AccessPointId: accessPointId, FileSystemId: fileSystemId, Name: name, path, tags }) => ({
          accessPointId,
          fileSystemId,
          name,
          path,
          tags,
        }))
        .filter(({ fileSystemId }) => wanted === undefined || fileSystemId === wanted),
  };
}

function filesBelow(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path, 'utf8')];
    }),
  );
}
