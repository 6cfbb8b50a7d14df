import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examineRequest } from '../../src/context/examine';
import { UNRESTRICTED } from '../../src/rules/model';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const [, json = ''] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];

test("README.md's demand is sound", () => {
  const { problems, layout } = examineRequest(JSON.parse(json), {
    envBase: 'dev-demand',
    region: 'us-west-2',
    allowFileRemotes: false,
    rules: UNRESTRICTED,
  });
  expect(problems).toEqual([]);
  expect(layout?.parameters.outputs.map(({ remote }) => remote)).toEqual(['s3://my-bucket/out/count.txt']);
});
