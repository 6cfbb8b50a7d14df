import { permitsJobQueue } from '../../src/rules/job-queues';

const arn = (name: string, account = '111122223333', region = 'us-west-2') =>
  `arn:aws:batch:${region}:${account}:job-queue/${name}`;

test.each([
  ['the name of the own queue', 'main', [arn('main')], true],
  ['its ARN', arn('main'), [arn('main')], true],
  ['another name', 'mainx', [arn('main')], false],
  ['another case', 'MAIN', [arn('main')], false],
  ['the ARN of a queue with this name in another account', arn('main', '999999999999'), [arn('main')], false],
  [
    'the ARN of a queue with this name in another region',
    arn('main', undefined, 'eu-west-1'),
    [arn('main')],
    false,
  ],
  ['the name of a further queue', 'more', [arn('main'), arn('more')], true],
  [
    'the name of a listed queue of another account',
    'more',
    [arn('main'), arn('more', '999999999999')],
    false,
  ],
  [
    'the ARN of a listed queue of another account',
    arn('more', '999999999999'),
    [arn('main'), arn('more', '999999999999')],
    true,
  ],
  ['an ARN, where only names are known', arn('main'), ['main'], true],
  ['another ARN, where only names are known', arn('other'), ['main'], false],
  [
    'the ARN of something else, where only names are known',
    'arn:aws:batch:us-west-2:111122223333:x/main',
    ['main'],
    false,
  ],
  ['any queue', 'any', ['*'], true],
  ['an empty name', '', [arn('main')], false],
  ['a star', '*', [arn('main')], false],
  ['a path to the name', 'x/main', [arn('main')], false],
  ['no queue at all', 'main', [], false],
])('%s', (_, given, listed, expected) => {
  expect(permitsJobQueue(given, listed)).toBe(expected);
});
