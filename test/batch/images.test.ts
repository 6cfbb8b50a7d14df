import { resolveImage } from '../../src/batch/images';

const DIGEST = `@sha256:${'0a'.repeat(32)}`;
const ECR = '123456789012.dkr.ecr.us-west-2.amazonaws.com';

function repositories(...names: string[]) {
  const asked: string[] = [];
  return {
    asked,
    uriOf: async (name: string) => {
      asked.push(name);
      return names.includes(name) ? `${ECR}/${name}` : undefined;
    },
  };
}

test.each([
  'docker.io/library/alpine',
  'docker.io/library/alpine:3.20',
  `public.ecr.aws/a/b/c${DIGEST}`,
  `ghcr.io/a/b:V_1${DIGEST}`,
  `${ECR}/team/tool:1`,
  '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/tool',
])('%s is a full reference, and causes no request to ECR', async (image) => {
  const none = repositories();
  expect(await resolveImage(image, none)).toBe(image);
  expect(none.asked).toEqual([]);
});

test.each([
  ['tool', 'tool', ''],
  ['team/tool:1', 'team/tool', ':1'],
  [`tool${DIGEST}`, 'tool', DIGEST],
  [`tool:1${DIGEST}`, 'tool', `:1${DIGEST}`],
])('%s becomes a reference to a repository of this account', async (image, name, suffix) => {
  expect(await resolveImage(image, repositories(name))).toBe(`${ECR}/${name}${suffix}`);
});

test.each([
  ['tool', 'tool'],
  ['docker.io/Library/alpine', 'docker.io/Library/alpine'],
  ['quay.io/a/b:1', 'quay.io/a/b'],
  ['localhost:5000/a', 'localhost:5000/a'],
  ['tool:1 ', 'tool:1 '],
])('%s is refused, and the message has a remedy', async (image, asked) => {
  const none = repositories('other');
  const refused = resolveImage(image, none);
  await expect(refused).rejects.toMatchObject({ name: 'ImageNotFound' });
  await expect(refused).rejects.toThrow(`"${image}" is not an image reference of`);
  await expect(refused).rejects.toThrow('docker.io/library/alpine:3');
  expect(none.asked).toEqual([asked]);
});

test('a tag without a name is refused without a request', async () => {
  const none = repositories('');
  await expect(resolveImage(':1', none)).rejects.toMatchObject({ name: 'ImageNotFound' });
  expect(none.asked).toEqual([]);
});
