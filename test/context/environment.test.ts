import { CLAIM_SCRIPT } from '../../src/batch/claim';
import {
  buildCommand,
  buildEnvironment,
  environmentBytes,
  secretNameProblems,
  splitEnvironment,
} from '../../src/context/environment';

const PATHS = { workingDirectory: '/w', tmpDirectory: '/t' };
const ACCOUNT = { envBase: 'dev', region: 'here' };

function build(parameters: Record<string, string>, spellings: string[] = []) {
  return buildEnvironment('run-1', new Map(Object.entries(parameters)), PATHS, ACCOUNT, spellings);
}

describe('the whole environment', () => {
  test('has our variables, then the parameters, then ENV_BASE and AWS_REGION', () => {
    expect([...build({ B: '2', A: '1' }).environment]).toEqual([
      ['EXECUTION_ID', 'run-1'],
      ['WORKING_DIR', '/w'],
      ['TMPDIR', '/t'],
      ['B', '2'],
      ['A', '1'],
      ['ENV_BASE', 'dev'],
      ['AWS_REGION', 'here'],
    ]);
  });

  test('refuses every parameter that would change one of our variables, in the spelling of the demand', () => {
    const parameters = { EXECUTION_ID: 'other', WORKING_DIR: '/w', TMPDIR: '', ENV_BASE: 'prod' };
    const { problems, environment } = build(parameters, ['x', 'execution.id', 'TmpDir']);
    expect(problems).toEqual([
      {
        pointer: '/execution_parameters/params/execution.id',
        message:
          'the service sets "EXECUTION_ID" for every job (to "run-1"), and this parameter would change it',
        remedy: 'Rename the parameter',
      },
      {
        pointer: '/execution_parameters/params/TmpDir',
        message: expect.any(String),
        remedy: expect.any(String),
      },
    ]);
    expect(environment.get('ENV_BASE')).toBe('dev');
  });
});

describe('the split into environment and file', () => {
  const all = new Map(
    ['EXECUTION_ID', 'WORKING_DIR', 'TMPDIR', 'A', 'AB', 'a', 'ENV_BASE', 'AWS_REGION'].map((name) => [
      name,
      '',
    ]),
  );
  const split = (...command: string[]) => splitEnvironment(all, command, '/w/file');
  const ALWAYS = ['WORKING_DIR', 'TMPDIR', 'ENV_BASE', 'AWS_REGION', '_ENVIRONMENT_FILE'];

  test.each([
    ['no variable for a command without a reference', ['true'], []],
    ['a referenced variable', ['echo', '$A'], ['A']],
    ['a variable with a name of many letters in braces', ['${EXECUTION_ID}'], ['EXECUTION_ID']],
    ['a variable with a default', ['echo ${AB:-x}$(', 'b)'], ['AB']],
    ['a variable immediately before an unknown one', ['echo $a$B'], ['a']],
    ['no variable whose reference is spread over words', ['echo $', 'A', '{AB}', '${', 'A}'], []],
    ['a variable of the service', ['$EXECUTION_ID'], ['EXECUTION_ID']],
  ])('keeps %s in the environment', (_, command, kept) => {
    const { direct, file } = split(...command);
    expect([...direct.keys()].sort()).toEqual([...kept, ...ALWAYS].sort());
    expect([...file.keys(), ...kept].sort()).toEqual(['A', 'AB', 'EXECUTION_ID', 'a'].sort());
    expect(direct.get('_ENVIRONMENT_FILE')).toBe('/w/file');
  });
});

test('the bytes of an environment are those of the JSON that ECS counts', () => {
  expect(environmentBytes(new Map())).toBe(2);
  expect(environmentBytes(new Map([['A', 'é"']]))).toBe(Buffer.byteLength('[{"name":"A","value":"é\\""}]'));
});

test('the command makes the folders, enters the working directory, and reads the environment file', () => {
  const without = { hasEnvironmentFile: false, claims: false };
  expect(buildCommand(['echo', 'a  b', '|', 'cat'], without)).toEqual([
    '/bin/bash',
    '-c',
    'mkdir -p ${WORKING_DIR} && mkdir -p ${TMPDIR} && cd ${WORKING_DIR} && echo a  b | cat',
  ]);
  const withFile = { hasEnvironmentFile: true, claims: false };
  expect(buildCommand(['true'], withFile)[2]).toContain(
    'cd ${WORKING_DIR} && . ${_ENVIRONMENT_FILE} && true',
  );
});

test('a command that claims runs the claim first, and then the steps of the job', () => {
  const [shell, option, script = ''] = buildCommand(['true'], { hasEnvironmentFile: false, claims: true });
  expect([shell, option]).toEqual(['/bin/bash', '-c']);
  expect(script.startsWith(CLAIM_SCRIPT)).toBe(true);
  expect(script.indexOf('{ mkdir -p ${TMPDIR} && cd ${WORKING_DIR}; } || exit')).toBeGreaterThan(
    CLAIM_SCRIPT.length,
  );
});

describe('the split with a limit', () => {
  const sized = (sizes: Record<string, number>) =>
    new Map(Object.entries(sizes).map(([name, length]) => [name, 'x'.repeat(length)]));
  const all = sized({ WORDY: 900, SHORT: 5, LONG: 1_000, NAMED: 2_000, WORKING_DIR: 3_000 });

  test.each([
    [10_000, []],
    [6_900, ['LONG']],
    [5_300, ['WORDY', 'LONG']],
    [1, ['WORDY', 'SHORT', 'LONG']],
  ])('of %i bytes moves the longest variables, until the others fit', (limit, moved) => {
    const { direct, file } = splitEnvironment(all, ['$NAMED'], '/w/file', limit);
    expect([...file.keys()]).toEqual(moved);
    expect(direct.size + file.size).toBe(all.size + 1);
    expect(direct.get('_ENVIRONMENT_FILE')).toBe('/w/file');
    if (limit > 5_200) expect(environmentBytes(direct)).toBeLessThanOrEqual(limit);
  });

  test('moves no variable that would fit to the byte', () => {
    const whole = environmentBytes(new Map([...all, ['_ENVIRONMENT_FILE', '/w/file']]));
    const movedAt = (limit: number) => splitEnvironment(all, [], '/w/file', limit).file.size;
    expect([movedAt(whole), movedAt(whole - 1)]).toEqual([0, 1]);
  });
});

test('a secret cannot have the name of a variable that the service sets', () => {
  const names = ['EXECUTION_ID', 'TMPDIR', 'ENV_BASE', '_ENVIRONMENT_FILE', 'TOKEN'];
  const secrets = names.map((name) => ({
    ...({ valueFrom: '', arn: '', service: 'ssm', region: '', account: '', name: '' } as const),
    parameter: name.toLowerCase(),
    environmentName: name,
  }));
  const refused = secretNameProblems(secrets).map(({ pointer }) => pointer.split('/').at(-1));
  expect(refused).toEqual(['execution_id', 'tmpdir', 'env_base', '_environment_file']);
});
