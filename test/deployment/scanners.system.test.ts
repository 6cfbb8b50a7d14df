import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { pythonEnvironment } from '../../local/api/python-environment';
import { packageStage, STAGES, type Stage } from './packaged';

const run = promisify(execFile);
const ENVIRONMENTS = '.cache/python';
const OPTIONS = { maxBuffer: 2 ** 27 };

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
  /** Path of the template. */
  readonly file_abs_path: string;
}
/** A finding of cfn-lint. */
interface Match {
  /** Path of the template. */
  readonly Filename: string;
}

const accepted: Readonly<Record<string, Accepted>> = parse(
  readFileSync('test/deployment/accepted-findings.yml', 'utf8'),
);

/** Each scanner starts once for all templates: its start takes longer than a template. */
let lint: Promise<readonly Match[]>;
let scan: Promise<readonly Finding[]>;
const templates = new Map<Stage, string>();

beforeAll(async () => {
  const stages = Object.keys(STAGES) as Stage[];
  const packages = await Promise.all(stages.map(packageStage));
  for (const [index, stage] of stages.entries()) templates.set(stage, packages[index]?.template ?? '');
  [lint, scan] = [cfnLint([...templates.values()]), checkov([...templates.values()])];
  // A failure belongs to the test that waits for it.
  for (const each of [lint, scan]) each.catch(() => undefined);
});

describe.each(Object.keys(STAGES) as Stage[])('the stage %s', (stage) => {
  test('cfn-lint finds nothing in the template', async () => {
    expect((await lint).filter(({ Filename }) => Filename === templates.get(stage))).toEqual([]);
  });

  test('checkov finds exactly the accepted findings', async () => {
    const found = (await scan).filter(({ file_abs_path }) => file_abs_path === templates.get(stage));
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
  });
});

/** Returns the logical id. A function of the second file system counts as that of the first. */
function idOf(resource: string): string {
  return resource.slice(resource.lastIndexOf('.') + 1).replace('OnArchive', '');
}

async function cfnLint(files: readonly string[]): Promise<readonly Match[]> {
  const program = 'import sys; from cfnlint.runner import main; sys.argv[0] = "cfn-lint"; main()';
  // .cfnlintrc.yaml has the reason for each ignored check.
  const args = ['-c', program, '--format', 'json', '--ignore-checks', 'W3005', '--template', ...files];
  const python = await pythonEnvironment('local/api/requirements.txt', ENVIRONMENTS);
  // With a finding the exit code is not 0, and the output is JSON all the same.
  const { stdout } = await run(python, args, OPTIONS).catch((error) => error);
  return JSON.parse(stdout);
}

async function checkov(files: readonly string[]): Promise<readonly Finding[]> {
  const python = await pythonEnvironment('test/deployment/requirements.txt', ENVIRONMENTS);
  const args = ['-m', 'checkov.main', '-f', ...files, '--framework', 'cloudformation'];
  const options = ['--compact', '--quiet', '--soft-fail', '--skip-download', '-o', 'json'];
  const { stdout } = await run(python, [...args, ...options], OPTIONS);
  return JSON.parse(stdout).results.failed_checks;
}
