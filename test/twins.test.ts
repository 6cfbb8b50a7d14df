/**
 * A source in src/ has its tests in a file of the same name in the same folder of test/: its twin. Sources that export no
 * function and no class (types, schemas, tables) need no twin.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
/** The least share of sources with a twin, in percent. Raise it with each new twin; the aim is 80. */
const LEAST = 95;

const EXPORTS_CODE = /^export (?:(?:default |async |abstract )*(?:function|class)\b|const \w+ = .*=>)/m;

const sources = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) =>
  EXPORTS_CODE.test(readFileSync(join(ROOT, file), 'utf8')),
);

function hasTwin(source: string): boolean {
  const name = source.replace(/^src/, 'test').replace(/\.ts$/, '');
  return ['.test.ts', '.aws.test.ts', '.system.test.ts'].some((end) => existsSync(join(ROOT, name + end)));
}

test(`at least ${LEAST} % of the sources with code have a twin`, () => {
  const alone = sources.filter((source) => !hasTwin(source)).toSorted();
  const share = 100 * (1 - alone.length / sources.length);
  const found = `${share.toFixed(1)} % of ${sources.length} sources have a twin, these have none:\n${alone.join('\n')}`;
  if (share < LEAST) throw new Error(found);
});
