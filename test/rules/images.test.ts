import fc from 'fast-check';
import { isImageRule, permitsImage } from '../../src/rules/images';
import { runs } from '../demand/arbitraries';

const ACCOUNT = '111122223333.dkr.ecr.us-west-2.amazonaws.com';
const DIGEST = `sha256:${'0'.repeat(64)}`;
const OTHER = `sha256:${'1'.repeat(64)}`;
const permits = (rule: string, image: string, registry: string | undefined = ACCOUNT) =>
  permitsImage(image, { images: [rule], registry });

test.each([
  ['*', 'anything at all', true],
  ['docker.io/library/debian', 'docker.io/library/debian', true],
  ['docker.io/library/debian', 'docker.io/debian:12', true],
  ['docker.io/debian', 'docker.io/library/debian', true],
  ['docker.io/debian', 'index.docker.io/library/debian', true],
  ['docker.io/library/debian', `docker.io/library/debian@${DIGEST}`, true],
  ['docker.io/library/debian', `docker.io/library/debian:12@${DIGEST}`, true],
  ['docker.io/library/debian', 'docker.io/library/debian-evil', false],
  ['docker.io/library/debian', 'docker.io/evil/debian', false],
  ['docker.io/library/debian', 'docker.io/library/debian/evil', false],
  ['docker.io/library/debian', 'debian', false],
  ['docker.io/library/*', 'docker.io/debian', true],
  ['docker.io/library/*', 'docker.io/evil/library/debian', false],
  ['docker.io/*', 'docker.io/evil/tool', true],
  ['docker.io/*', 'docker.io/debian', true],
  ['public.ecr.aws/*', 'public.ecr.aws/docker/library/debian:12', true],
  ['public.ecr.aws/*', 'public.ecr.aws.evil.com/docker/library/debian', false],
  ['public.ecr.aws/*', 'evil.com/public.ecr.aws/debian', false],
  ['public.ecr.aws/*', 'public.ecr.aws:5000/debian', false],
  ['public.ecr.aws/docker/*', 'public.ecr.aws/dockerevil/debian', false],
  ['public.ecr.aws/docker/*', 'public.ecr.aws/docker', false],
  ['public.ecr.aws/docker/*', 'public.ecr.aws/docker/../evil', false],
  ['public.ecr.aws/docker/*', 'public.ecr.aws/docker//debian', false],
  ['PUBLIC.ecr.aws/docker/*', 'public.ecr.aws/docker/debian', true],
  ['public.ecr.aws/docker/*', 'public.ecr.aws/Docker/debian', false],
  ['registry.example.org:5000/team/*', 'registry.example.org:5000/team/tool:1', true],
  ['registry.example.org:5000/team/*', 'registry.example.org/team/tool:1', false],
  ['registry.example.org:5000/team/*', 'registry.example.org:5001/team/tool:1', false],
  ['localhost:5000/tool', 'localhost:5000/tool', true],
  ['ghcr.io/team/tool:1.2', 'ghcr.io/team/tool:1.2', true],
  ['ghcr.io/team/tool:1.2', 'ghcr.io/team/tool:1.20', false],
  ['ghcr.io/team/tool:1.2', 'ghcr.io/team/tool', false],
  ['ghcr.io/team/tool:latest', 'ghcr.io/team/tool', true],
  ['ghcr.io/team/tool:1.2', `ghcr.io/team/tool:1.2@${DIGEST}`, false],
  [`ghcr.io/team/tool@${DIGEST}`, `ghcr.io/team/tool@${DIGEST}`, true],
  [`ghcr.io/team/tool@${DIGEST}`, `ghcr.io/team/tool:1.2@${DIGEST}`, true],
  [`ghcr.io/team/tool@${DIGEST}`, `ghcr.io/team/tool@${OTHER}`, false],
  [`ghcr.io/team/tool@${DIGEST}`, 'ghcr.io/team/tool:1.2', false],
  ['tool', 'tool:3', true],
  ['tool', `${ACCOUNT}/tool:3`, true],
  [`${ACCOUNT}/tool`, 'tool', true],
  ['tool', '999999999999.dkr.ecr.us-west-2.amazonaws.com/tool', false],
  ['tool', 'docker.io/library/tool', false],
  ['team/*', 'team/tool', true],
  ['team/*', 'teams/tool', false],
  [`${ACCOUNT}/*`, 'team/tool', true],
  [`${ACCOUNT}/*`, `${ACCOUNT}.evil.com/team/tool`, false],
])('%s and %s: %s', (rule, image, expected) => {
  expect(permits(rule, image)).toBe(expected);
});

test('no image is permitted by an empty list', () => {
  expect(permitsImage('docker.io/library/debian', { images: [] })).toBe(false);
});

test('where the account is not known, each private ECR registry may be its own', () => {
  const unknown = (rule: string, image: string) => permitsImage(image, { images: [rule] });
  expect(unknown('tool', `${ACCOUNT}/tool`)).toBe(true);
  expect(unknown(`${ACCOUNT}/tool`, 'tool')).toBe(true);
  expect(unknown('tool', 'docker.io/library/tool')).toBe(false);
  expect(unknown(`${ACCOUNT}/tool`, '999999999999.dkr.ecr.us-west-2.amazonaws.com/tool')).toBe(false);
});

test.each(['*', 'tool', 'team/*', 'ghcr.io/*', 'ghcr.io/a/b:1', `ghcr.io/a/b@${DIGEST}`, 'localhost:5000/x'])(
  '%s is a rule for images',
  (text) => {
    expect(isImageRule(text)).toBe(true);
  },
);

test.each([
  '',
  '/',
  '/*',
  'ghcr.io',
  '**',
  'ghcr.io/*/x',
  'ghcr.io/A',
  'ghcr.io/a b',
  'ghcr.io/a:*',
  'a/../b',
])('%j is no rule for images', (text) => {
  expect(isImageRule(text)).toBe(false);
});

const part = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
const parts = fc.array(part, { minLength: 1, maxLength: 3 });

test('a folder of images permits what lies below it, in its own registry only', () => {
  fc.assert(
    fc.property(part, parts, parts, part, (host, folder, below, more) => {
      const registry = `${host}.example.org`;
      const rule = `${registry}/${folder.join('/')}/*`;
      const image = (at: string, ...names: string[]) => permits(rule, [at, ...names].join('/'));
      return (
        image(registry, ...folder, ...below) &&
        !image(`${registry}.${more}`, ...folder, ...below) &&
        !image(`${more}${registry}`, ...folder, ...below) &&
        !image(`${registry}:1`, ...folder, ...below) &&
        !image(registry, `0${more}`, ...folder, ...below)
      );
    }),
    runs(500),
  );
});
