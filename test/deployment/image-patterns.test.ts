import fc from 'fast-check';
import { imagePatterns } from '../../deployment/image-patterns';
import { resolveImage } from '../../src/batch/images';
import { permitsImage } from '../../src/rules/images';
import { runs } from '../demand/arbitraries';

const OWN = '111122223333.dkr.ecr.us-west-2.amazonaws.com';
const DIGEST = `sha256:${'a'.repeat(64)}`;

const quoted = (text: string) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
/** Matches as IAM does: `*` stands for any characters. */
const isLike = (text: string, pattern: string) =>
  new RegExp(`^${pattern.split('*').map(quoted).join('.*')}$`, 's').test(text);
const permits = (image: string, ...rules: string[]) =>
  imagePatterns(rules, OWN).some((pattern) => isLike(image, pattern));

test.each([
  ['ghcr.io/team/tool', ['ghcr.io/team/tool', 'ghcr.io/team/tool:*', 'ghcr.io/team/tool@*']],
  ['ghcr.io/team/tool:1', ['ghcr.io/team/tool:1']],
  ['ghcr.io/team/tool:latest', ['ghcr.io/team/tool', 'ghcr.io/team/tool:latest']],
  [`ghcr.io/tool@${DIGEST}`, [`ghcr.io/tool@${DIGEST}`, `ghcr.io/tool:*@${DIGEST}`]],
  ['ghcr.io/team/*', ['ghcr.io/team/*']],
  ['ghcr.io/*', ['ghcr.io/*']],
  ['tool:1', [`${OWN}/tool:1`]],
  ['docker.io/debian:12', ['docker.io/library/debian:12', 'docker.io/debian:12']],
  ['docker.io/library/*', ['docker.io/library/*', 'docker.io/*']],
])('the patterns of %s', (rule, patterns) => {
  expect(imagePatterns([rule, rule], OWN)).toEqual(patterns);
});

test('every image is one pattern, also beside others', () => {
  expect(imagePatterns(['ghcr.io/team/tool', '*'], OWN)).toEqual(['*']);
});

test('a long list permits its registries only', () => {
  const many = Array.from({ length: 100 }, (_, index) => `tool-${index}`);
  expect(imagePatterns(many, OWN)).toEqual([`${OWN}/*`]);
  expect(imagePatterns([...many, 'ghcr.io/team/*'], OWN)).toEqual([`${OWN}/*`, 'ghcr.io/*']);
});

test.each(['ghcr.io/team-2/x', 'ghcr.io/other', 'docker.io/team/x', 'evil.io/ghcr.io/team/x', `${OWN}/x`])(
  'a role of a stage that lists ghcr.io/team/* cannot register %s',
  (image) => {
    expect(permits(image, 'ghcr.io/team/*')).toBe(false);
  },
);

const name = fc.constantFrom('debian', 'library/debian', 'team/tool', 'team/x/y', 'team-2/tool');
const registry = fc.constantFrom(
  '',
  'docker.io/',
  'ghcr.io/',
  `${OWN}/`,
  '999999999999.dkr.ecr.us-west-2.amazonaws.com/',
);
const end = fc.constantFrom('', ':latest', ':1.2', `@${DIGEST}`, `:1.2@${DIGEST}`);
const image = fc.tuple(registry, name, end).map((parts) => parts.join(''));
const folder = fc.tuple(registry, fc.constantFrom('team/*', 'library/*')).map((parts) => parts.join(''));

test('IAM permits each image that the rules permit, as the job definition has it', async () => {
  await fc.assert(
    fc.asyncProperty(image, fc.array(fc.oneof(image, folder), { maxLength: 3 }), async (given, images) => {
      if (!permitsImage(given, { images, registry: OWN })) return;
      const pulled = await resolveImage(given, { uriOf: async (repository) => `${OWN}/${repository}` });
      expect(permits(pulled, ...images)).toBe(true);
    }),
    runs(1_000),
  );
});
