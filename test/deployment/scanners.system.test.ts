import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { pythonEnvironment } from '../../local/api/python-environment';
import { type Packaged, packageStage, STAGES } from './packaged';

const ENVIRONMENTS = '.cache/python';

interface Accepted {
  readonly why: string;
  /** Logical ids; all resources by default. */
  readonly only?: readonly string[];
  /** Stages with the finding; all stages by default. */
  readonly stages?: readonly string[];
}
interface Finding {
  readonly check_id: string;
  /** The type and the logical id. */
  readonly resource: string;
}

const accepted: Readonly<Record<string, Accepted>> = parse(
  readFileSync('test/deployment/accepted-findings.yml', 'utf8'),
);

describe.each(Object.entries(STAGES))('the stage %s', (_, stage) => {
  let packaged: Packaged;
  beforeAll(() => {
    packaged = packageStage(stage);
  }, 60_000);
  afterAll(() => packaged.remove());

  test('cfn-lint finds nothing in the template', async () => {
    const python = await pythonEnvironment('local/api/requirements.txt', ENVIRONMENTS);
    const program = 'import sys; from cfnlint.runner import main; sys.argv[0] = "cfn-lint"; main()';
    // .cfnlintrc.yaml has the reason for each ignored check.
    const found = spawnSync(python, [
      '-c',
      program,
      '--ignore-checks',
      'W3005',
      '--template',
      packaged.template,
    ]);
    expect({ status: found.status, told: `${found.stdout}${found.stderr}` }).toEqual({
      status: 0,
      told: '',
    });
  }, 120_000);

  test('checkov finds exactly the accepted findings', async () => {
    const found = await scan(packaged.template);
    const isAccepted = ({ check_id, resource }: Finding) => {
      const acceptance = accepted[check_id];
      return acceptance !== undefined && (acceptance.only?.includes(idOf(resource)) ?? true);
    };
    expect(found.filter((finding) => !isAccepted(finding))).toEqual([]);
    // Each accepted check, and each of its resources, is still found.
    const isFound = (check: string, id?: string) =>
      found.some(
        ({ check_id, resource }) => check_id === check && (id === undefined || id === idOf(resource)),
      );
    const idle = Object.entries(accepted)
      .filter(([, { stages }]) => stages?.includes(stage) ?? true)
      .flatMap(([check, { only = [undefined] }]) => only.map((id) => ({ check, id })))
      .filter(({ check, id }) => !isFound(check, id));
    expect(idle).toEqual([]);
  }, 180_000);
});

/** Returns the logical id. A function of the second file system counts as that of the first. */
function idOf(resource: string): string {
  return resource.slice(resource.lastIndexOf('.') + 1).replace('OnArchive', '');
}

async function scan(template: string): Promise<Finding[]> {
  const python = await pythonEnvironment('test/deployment/requirements.txt', ENVIRONMENTS);
  const args = ['-m', 'checkov.main', '-f', template, '--framework', 'cloudformation'];
  const options = ['--compact', '--quiet', '--soft-fail', '--skip-download', '-o', 'json'];
  const { stdout } = await promisify(execFile)(python, [...args, ...options], { maxBuffer: 2 ** 27 });
  const { results } = JSON.parse(stdout);
  return results.failed_checks.map(({ check_id, resource }: Finding) => ({ check_id, resource }));
}
