import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, describe, it } from 'mocha';
import { EXPORT_OF, WRITE_LINE } from '../../../src/engine/processes/childSources.ts';
import { moduleProgram, pythonProgram } from '../../../src/engine/processes/interpreters.ts';

const BEGIN = `import { writeSync } from 'node:fs';\n`;

/** What a child program writes to its standard output; nothing is read before it has begun to wait for that. */
async function outputOf(source: string): Promise<string> {
  const { command, env } = moduleProgram(source);
  const [file, ...words] = command;
  const child = spawn(file, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk;
  return text;
}

describe('a child program', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'touchstone-child-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a line as a whole, where its reader is slow too, and apart from what others began', async () => {
    const long = `${BEGIN}${WRITE_LINE}process.stdout.write('noise');writeLine(1, 'x'.repeat(3e6), '\\n');process.exit(0);`;
    const lines = (await outputOf(long)).trimEnd().split('\n');
    assert.equal(lines[0], 'noise');
    assert.equal(JSON.parse(lines[1] ?? '').length, 3_000_000);
  });

  const modules: [name: string, text: string, wanted: string | undefined, found: unknown][] = [
    ['default.mjs', 'export default 1;', undefined, 1],
    ['named.mjs', 'export const a = 2; export default 1;', 'a', 2],
    ['common.cjs', 'module.exports = 3;', undefined, 3],
    ['commonNamed.cjs', 'module.exports = { a: 4 };', 'a', 4],
    ['typed.ts', 'const a: number = 5; export default a;', undefined, 5],
    ['missing.mjs', 'export default {};', 'a', null],
  ];
  for (const [name, text, wanted, found] of modules)
    it(`finds what ${name} exports`, async () => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      const asked = JSON.stringify([pathToFileURL(file).href, wanted]);
      const source = `${BEGIN}${WRITE_LINE}${EXPORT_OF}writeLine(1, (await exportOf(...${asked})) ?? null);`;
      assert.equal(JSON.parse(await outputOf(source)), found);
    });

  it('in Python is run by the program that a person names', () => {
    assert.deepEqual(pythonProgram('pass', '/opt/python').command, ['/opt/python', '-c', 'pass']);
    assert.match(pythonProgram('pass', undefined).command[0], /^python3?$/);
  });
});
