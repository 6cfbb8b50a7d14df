/** moto's end of an upload in parts, with two calls at the same time. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../../../local/api/python-environment';

const PROJECT = join(__dirname, '../../..');
const SOURCES = join(PROJECT, 'local/api');

test('the upload stays until the object is there, and a second call has the answer of the first', async () => {
  const python = await pythonEnvironment(join(SOURCES, 'requirements.txt'), join(PROJECT, '.cache/python'));
  const { stdout } = await promisify(execFile)(python, [join(__dirname, 'complete_upload.py'), SOURCES]);
  expect(JSON.parse(stdout)).toEqual({
    meanwhile: '1 part',
    answers: ['key with 1000 bytes', 'key with 1000 bytes'],
    afterwards: 'NoSuchUpload',
  });
});
