/** The roles of the package follow the rules of the stage. */
import { readRules } from '../../src/rules/model';
import { allowedTo, idsOf, type Packaged, packageStage, propertiesOf, type Stage } from './packaged';

const BUCKET = 'arn:aws:s3:::example-demand-data';
const MIRRORED = 'arn:aws:s3:::scenarios-data/mirrored';

let packaged: Packaged;
const useStage = (stage: Stage) =>
  beforeAll(async () => {
    packaged = await packageStage(stage);
  });

/** Returns the resources on which a role may do an action, without the bucket of the service. */
function resourcesOf(role: string, action: string): string[] {
  const statements = allowedTo(packaged, role).filter(({ Action }) => [Action].flat().includes(action));
  const texts = statements.flatMap(({ Resource }) => [Resource].flat()).map((each) => JSON.stringify(each));
  return texts.filter((text) => !text.includes('TempBucket')).map((text) => text.replaceAll('"', ''));
}
const rolesWith = (action: string) =>
  idsOf(packaged, 'AWS::IAM::Role').filter((role) => resourcesOf(role, action).length > 0);

describe('a stage with the default rules', () => {
  useStage('brought');

  test('no role removes objects of demands', () => {
    expect(rolesWith('s3:DeleteObject')).toEqual([]);
  });

  test('only the roles of transfers and documents write, and only in the buckets of the stage', () => {
    const writing = [
      'BatchDataSyncRole',
      'DataSyncBucketAccessRole',
      'DataSyncRole',
      'PlanDataSyncRole',
      'PutJsonToFileRole',
    ];
    expect(rolesWith('s3:PutObject').sort()).toEqual(writing);
    for (const role of writing) expect(resourcesOf(role, 's3:PutObject')).toEqual([`${BUCKET}/*`]);
  });

  test('the roles that check a demand read only the buckets of the stage', () => {
    for (const role of ['NormaliseRole', 'IntakeRole'])
      expect(resourcesOf(role, 's3:GetObject')).toEqual([`${BUCKET}/*`]);
  });

  test('the machine submits jobs to the queue of the stage only', () => {
    const queue = 'arn:aws:batch:us-west-2:111122223333:job-queue/example-demand';
    const queues = resourcesOf('DemandExecutionStateMachineRole', 'batch:SubmitJob');
    expect(queues.filter((text) => text.includes(':job-queue/'))).toEqual([queue]);
  });

  test('no job definition is privileged', () => {
    const registering = allowedTo(packaged, 'PrepareBatchArgsRole').filter(({ Action }) =>
      [Action].flat().includes('batch:RegisterJobDefinition'),
    );
    expect(registering).toHaveLength(1);
    expect(registering[0]?.Condition).toEqual({
      BoolIfExists: { 'batch:Privileged': ['false'] },
      StringLikeIfExists: { 'batch:Image': ['*'] },
    });
  });

  test('jobs get only the roles of the configuration', () => {
    expect(resourcesOf('PrepareBatchArgsRole', 'iam:PassRole')).toEqual([
      'arn:aws:iam::111122223333:role/example-demand-job',
    ]);
  });

  test('every function has the rules, and they are those of the roles', () => {
    for (const id of idsOf(packaged, 'AWS::Lambda::Function')) {
      const { DEMAND_RULES: text } = propertiesOf(packaged, id).Environment.Variables;
      const rules = readRules((text as { 'Fn::Sub': string })['Fn::Sub']);
      expect(rules).toMatchObject({ buckets: ['example-demand-data'], remove: [], privileged: false });
    }
  });

  test('no statement is without a resource', () => {
    const statements = idsOf(packaged, 'AWS::IAM::Role').flatMap((role) => allowedTo(packaged, role));
    expect(statements.filter(({ Resource }) => [Resource].flat().length === 0)).toEqual([]);
  });
});

describe('a stage that permits removals in one folder', () => {
  useStage('created');

  test('only the functions of transfers remove objects, and only there', () => {
    expect(rolesWith('s3:DeleteObject').sort()).toEqual(['BatchDataSyncRole', 'DataSyncRole']);
    for (const role of rolesWith('s3:DeleteObject'))
      expect(resourcesOf(role, 's3:DeleteObject')).toEqual([MIRRORED, `${MIRRORED}/*`]);
  });

  test('a move writes its mark there, and nothing else', () => {
    expect(resourcesOf('DataSyncRole', 's3:PutObject')).toContain(`${MIRRORED}/*.moved.partial`);
    expect(resourcesOf('DataSyncBucketAccessRole', 's3:PutObject')).not.toContain(`${MIRRORED}/*`);
  });

  test('the bucket, the queue and the role of the stack are references', () => {
    expect(resourcesOf('NormaliseRole', 's3:GetObject')).toContain('{Fn::Sub:arn:aws:s3:::${DataBucket}/*}');
    expect(resourcesOf('DemandExecutionStateMachineRole', 'batch:SubmitJob')[0]).toBe(
      '{Fn::Sub:${JobQueue}}',
    );
    expect(resourcesOf('PrepareBatchArgsRole', 'iam:PassRole')).toContain('{Fn::GetAtt:[JobRole,Arn]}');
  });
});
