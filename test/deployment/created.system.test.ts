import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chooseCandidates, fileSystemConfigurationsSchema } from '../../src/efs/configuration';
import type { AccessPoint, FileSystem } from '../../src/efs/model';
import { resolveVolumes } from '../../src/efs/resolve';
import { readStageAccessPoints } from '../../src/efs/stage-access-points';
import { readModel } from '../../src/wire/schema';
import { idsOf, type Packaged, packageStage, propertiesOf, STAGES } from './packaged';

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageStage('created');
});

const tagsOf = (tags: readonly { Key: string; Value: string }[]) =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

/** Answers like the EFS API for this stack. Logical ids take the place of ids. */
function directory() {
  const fileSystems = idsOf(packaged, 'AWS::EFS::FileSystem').map((id): FileSystem => {
    const tags = tagsOf(propertiesOf(packaged, id).FileSystemTags);
    return { fileSystemId: id, name: tags.Name, tags };
  });
  const accessPoints = idsOf(packaged, 'AWS::EFS::AccessPoint').map((id): AccessPoint => {
    const { AccessPointTags, FileSystemId, RootDirectory } = propertiesOf(packaged, id);
    const tags = tagsOf(AccessPointTags);
    return {
      accessPointId: id,
      fileSystemId: FileSystemId.Ref,
      name: tags.Name,
      path: RootDirectory.Path,
      tags,
    };
  });
  return { fileSystems: async () => fileSystems, accessPoints: async () => accessPoints };
}

/** Returns the list of a function's environment, with logical ids in the place of ids. */
function listed() {
  const { ACCESS_POINTS } = propertiesOf(packaged, 'ResolveEfsLambdaFunction').Environment.Variables;
  const { 'Fn::Sub': text } = ACCESS_POINTS as { 'Fn::Sub': string };
  return readStageAccessPoints(text.replaceAll(/\$\{(\w+)\}/g, '$1'));
}

test('every function that checks a demand has the list of access points, without that of the functions', () => {
  const checking = [
    'Normalise',
    'Intake',
    'ResolveEfs',
    'BuildContext',
    'PrepareBatchArgs',
    'Scaffolding',
    'RemoveDataPaths',
  ];
  for (const name of checking)
    expect(propertiesOf(packaged, `${name}LambdaFunction`).Environment.Variables).toHaveProperty(
      'ACCESS_POINTS',
    );
  expect(listed().map(({ role, accessPointId }) => [role, accessPointId])).toEqual([
    ['scratch', 'MainFileSystemScratchAccessPoint'],
    ['shared', 'MainFileSystemSharedAccessPoint'],
    ['tmp', 'MainFileSystemTmpAccessPoint'],
  ]);
});

test('a demand that names no file system finds the access points of all roles', async () => {
  const configurations = readModel(fileSystemConfigurationsSchema, { tmp: {} });
  const volumes = await resolveVolumes(
    chooseCandidates(configurations, 'one'),
    { envBase: `${STAGES.created.stage}-demand`, accessPoints: listed() },
    directory(),
  );
  expect(Object.values(volumes).map(({ accessPointPath }) => accessPointPath)).toEqual([
    '/scratch',
    '/shared',
    '/tmp',
  ]);
});

test('CloudFormation creates a function that mounts the file system after its mount targets', () => {
  const targets = idsOf(packaged, 'AWS::EFS::MountTarget');
  expect(targets).toHaveLength(2);
  const mounting = idsOf(packaged, 'AWS::Lambda::Function').filter(
    (id) => propertiesOf(packaged, id).FileSystemConfigs !== undefined,
  );
  for (const id of mounting)
    expect(packaged.resources[id]?.DependsOn).toEqual(expect.arrayContaining(targets));
});

test('resources with data stay when the stack is removed', () => {
  for (const id of ['MainFileSystem', 'DataBucket'])
    expect(packaged.resources[id]?.DeletionPolicy).toBe('Retain');
});

test('a container with its own network does not reach the role of its instance', () => {
  expect(propertiesOf(packaged, 'JobLaunchTemplate')).toMatchObject({
    LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } },
  });
});

test('each alarm goes to the address', () => {
  const alarms = idsOf(packaged, 'AWS::CloudWatch::Alarm');
  expect(alarms).toHaveLength(19);
  for (const id of alarms) expect(propertiesOf(packaged, id).AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
});

/** Returns the bytes of each file in a function's package, by name. */
function filesIn(name: string): ReadonlyMap<string, number> {
  const listing = execFileSync('python3', ['-m', 'zipfile', '-l', join(packaged.folder, `${name}.zip`)]);
  const rows = [...String(listing).matchAll(/^(\S+) .* (\d+)\s*$/gm)];
  return new Map(rows.map(([, path = '', bytes]) => [basename(path), Number(bytes)]));
}

test('each bundle has a budget and is not larger', () => {
  const budget: Record<string, number> = JSON.parse(readFileSync('bench/coldstart/budget.json', 'utf8'));
  const sizes = Object.entries(budget).map(([name, most]) => {
    const bytes = filesIn(name).get('handler.js') ?? 0;
    return { name, isWithin: bytes > 0 && bytes <= most };
  });
  // An intended growth needs a larger budget. `npm run bench:coldstart` shows its cost.
  expect(sizes.filter(({ isWithin }) => !isWithin)).toEqual([]);
  expect(sizes).toHaveLength(idsOf(packaged, 'AWS::Lambda::Function').length);
});

test('the package of a function has the code that this function loads later, and no other package has it', () => {
  expect([...filesIn('buildContext').keys()]).toEqual(['handler.js', 'handler.s3-documents-loaded.js']);
  expect([...filesIn('normalise').keys()]).toEqual(['handler.js']);
});
