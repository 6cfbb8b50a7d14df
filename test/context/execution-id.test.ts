import fc from 'fast-check';
import { directoryNameProblems, executionIdProblems } from '../../src/context/execution-id';
import { joinPath } from '../../src/context/paths';
import { chooseCandidates, fileSystemConfigurationsSchema } from '../../src/efs/configuration';
import { readModel } from '../../src/wire/schema';
import { anyCharacter } from '../characters';
import { runs } from '../demand/arbitraries';

const chosen = (configurations: unknown = {}) =>
  chooseCandidates(readModel(fileSystemConfigurationsSchema, configurations), 'run-1');

const refused = (why: string) => [
  {
    pointer: '/execution_id',
    message: expect.stringContaining(why),
    remedy: expect.stringContaining('UUID'),
  },
];

test.each([
  ...['run-1', 'é', '...', 'a b', '.hidden', 'shared-1', 'my-tmp', 'a.partial.b', 'demand', 'x.attempt-'],
  `${'é'.repeat(127)}a`,
])('%s is a valid name of a directory', (id) => {
  expect(executionIdProblems(id, chosen())).toEqual([]);
});

test.each([
  ['', 'does not name a directory'],
  ['.', 'does not name a directory'],
  ['..', 'does not name a directory'],
  ['\u{ff0e}\u{ff0e}', 'does not name a directory'],
  ['\u3164', 'does not name a directory'],
  ['a/b', 'would leave the working directory'],
  ['/', 'would leave the working directory'],
  ['a\0', 'would leave the working directory'],
  ['tmp', 'temporary files'],
  ['TMP', 'temporary files'],
  ['shared', 'the name of a volume'],
  ['scratch', 'the name of a volume'],
  ['Shared', 'the name of a volume'],
  ['\u{ff53}hared', 'the name of a volume'],
  ['shar\u{fe0f}ed', 'the name of a volume'],
  ['\u017fcratch', 'the name of a volume'],
  ['.demand.verified', "the service's own files"],
  ['.demand.leases', "the service's own files"],
  ['.demand.anything', "the service's own files"],
  ['.DEMAND.owner', "the service's own files"],
  ['.snapshot', "the service's own files"],
  ['.nfs000000000012abcd00000001', "the service's own files"],
  ['.0123456789ab.0123456789ab.removing', 'a temporary name'],
  ['run-1.0123456789ab.partial', 'a temporary name'],
  ['run-1.attempt-2', 'a temporary name'],
  ['shared\u200b', 'not printable'],
  ['a\u202eb', 'not printable'],
  ['a\u001b[2J', 'not printable'],
  ['a\nb', 'not printable'],
  ['\ud800', 'not printable'],
  ['é'.repeat(128), '255 bytes'],
])('%j is refused', (id, why) => {
  expect(executionIdProblems(id, chosen())).toEqual(refused(why));
});

test('the message of a refusal shows what cannot be printed as an escape', () => {
  const [problem] = executionIdProblems('a\u001b[2J\u202e', chosen());
  expect(problem?.message).toBe('"a\\u{1b}[2J\\u{202e}" contains a character that is not printable');
});

test('the name of a folder of an access point is refused, and only a whole name', () => {
  const directories = ['/team/work', '/team/shared'];
  for (const id of ['team', 'work', 'WORK'])
    expect(directoryNameProblems(id, directories)).toEqual(refused("the stage's access points"));
  for (const id of ['tea', 'work-1', 'shared']) expect(directoryNameProblems(id, directories)).toEqual([]);
});

test('an id whose directory would contain volumes is refused for each volume', () => {
  const nested = chosen({
    scratch: { container_path: '/data' },
    shared: { container_path: '/data/common' },
    tmp: { container_path: '/data/common/own' },
  });
  expect(executionIdProblems('commons', nested)).toEqual([]);
  expect(executionIdProblems('common', nested)).toMatchObject([
    { message: 'the working directory "/data/common" would contain the volume shared (/data/common)' },
    { message: 'the working directory "/data/common" would contain the volume tmp (/data/common/own)' },
  ]);
});

const RESERVED = ['tmp', 'shared', 'scratch', '.', '..', '.demand.verified', '.snapshot', '.nfs1'];

test('an accepted id is one name of a path, byte by byte, and no spelling of a reserved name', () => {
  const part = fc.oneof(
    fc.constantFrom(...RESERVED, '/', './', 'run', 'TMP', '\u200b', '\u{ff0f}', '%2e'),
    fc.string({ unit: anyCharacter, maxLength: 4 }),
    fc.constantFrom('\ud800', '\udfff', '\u0301'),
  );
  const hostile = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(hostile, (id) => {
      if (executionIdProblems(id, chosen()).length > 0) return;
      const path = joinPath('/opt/efs/scratch', id);
      expect(path).toBe(`/opt/efs/scratch/${id}`);
      expect(path.split('/')).toHaveLength(5);
      expect(Buffer.from(id).toString()).toBe(id);
      expect(RESERVED).not.toContain(id.normalize('NFKC').toLowerCase());
    }),
    runs(2_000),
  );
});

test('no spelling of a reserved name is accepted', () => {
  const wide = (text: string) =>
    Array.from(text, (each) => String.fromCodePoint((each.codePointAt(0) ?? 0) + 0xfee0)).join('');
  const spelling = fc
    .tuple(fc.constantFrom('tmp', 'shared', 'scratch', '.demand.kept'), fc.infiniteStream(fc.nat(3)))
    .map(([name, choices]) =>
      Array.from(name, (each) => {
        const forms = [each, each.toUpperCase(), wide(each), `${each}\u{fe01}`];
        return forms[choices.next().value] ?? each;
      }).join(''),
    );
  fc.assert(
    fc.property(spelling, (id) => expect(executionIdProblems(id, chosen())).toHaveLength(1)),
    runs(500),
  );
});
