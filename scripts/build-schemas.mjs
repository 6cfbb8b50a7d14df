import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Folder of the schemas. A test gives another folder, and compares both. */
const [folder = join('schemas', 'generated')] = process.argv.slice(2);
const outfile = join(import.meta.dirname, '..', '.cache', 'schemas', `generate-${process.pid}.cjs`);
await build({
  entryPoints: ['schemas/generate.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  // regjsparser is CommonJS, and Node finds no names in it.
  format: 'cjs',
  packages: 'external',
});
const {
  default: { generateFiles },
} = await import(outfile);
for (const [name, content] of Object.entries(await generateFiles()))
  writeFileSync(join(folder, name), content);
rmSync(outfile);
