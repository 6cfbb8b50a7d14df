import { newCredentials } from '../../../../local/api/access/credentials';

test('each start has other keys, in the form of those of AWS, and a shell needs no quotes around them', () => {
  const all = Array.from({ length: 100 }, newCredentials);
  for (const { accessKeyId, secretAccessKey } of all) {
    expect(accessKeyId).toMatch(/^[A-Z2-7]{20}$/);
    expect(secretAccessKey).toMatch(/^[\w-]{40}$/);
  }
  expect(
    new Set(all.flatMap(({ accessKeyId, secretAccessKey }) => [accessKeyId, secretAccessKey])).size,
  ).toBe(200);
});
