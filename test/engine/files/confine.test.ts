import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../../src/engine/errors.ts';
import { resolveInside } from '../../../src/engine/files/confine.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('resolveInside', () => {
  let outside: string;
  let root: string;
  const where = { path: 'touchstone.yaml', line: 3, column: 5 };

  beforeEach(() => {
    outside = temporaryFolder();
    root = join(outside, 'workspace');
    mkdirSync(join(root, 'data'), { recursive: true });
    writeFileSync(join(root, 'data', 'a.yaml'), 'a');
    writeFileSync(join(outside, 'secret'), 's');
    mkdirSync(`${root}-other`);
    writeFileSync(join(`${root}-other`, 'b'), 'b');
  });

  function refusal(reference: string): FileError {
    try {
      resolveInside(root, reference, where);
    } catch (error) {
      assert.ok(error instanceof FileError, String(error));
      assert.deepEqual(error.where, where);
      return error;
    }
    assert.fail(`accepted ${reference}`);
  }

  it('refuses names that are too long, wherever they are found to be', () => {
    for (const name of ['x'.repeat(300), `none/${'x'.repeat(5000)}`, `none/${'a/'.repeat(3000)}b`])
      assert.match(refusal(name).message, /is too long/);
  });

  it('resolves what lies inside, with and without file://', () => {
    const file = join(root, 'data', 'a.yaml');
    for (const reference of [
      'data/a.yaml',
      './data/../data/a.yaml',
      'file://data/a.yaml',
      file,
      `file://${file}`,
    ]) {
      assert.equal(resolveInside(root, reference, where), file);
    }
  });

  it('counts from the base and still confines to the root', () => {
    const base = join(root, 'data');
    assert.equal(resolveInside(root, 'a.yaml', where, { base }), join(base, 'a.yaml'));
    assert.equal(resolveInside(root, '../data/a.yaml', where, { base }), join(base, 'a.yaml'));
    assert.throws(() => resolveInside(root, '../../secret', where, { base }), FileError);
  });

  it('gives the path of a missing file, and of names that begin with dots', () => {
    assert.equal(resolveInside(root, 'new/file.json', where), join(root, 'new', 'file.json'));
    assert.equal(resolveInside(root, '..data', where), join(root, '..data'));
  });

  for (const reference of [
    '../secret',
    '../../../../etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    'file://../secret',
    'data/../../secret',
    '..',
    '../workspace-other/b',
    '../missing',
  ]) {
    it(`refuses ${reference}`, () => assert.match(refusal(reference).message, /outside the workspace/));
  }

  for (const reference of [
    '\\\\server\\share\\x',
    '//server/share/x',
    'file:////server/x',
    'https://example.com/x',
    'a\0b',
    '',
    'file://',
    'C:\\x',
    '\\x',
  ]) {
    it(`refuses ${JSON.stringify(reference)}`, () => assert.ok(refusal(reference).remedy));
  }

  it('refuses links that leave the workspace, also by way of a folder and for files that are still missing', () => {
    symlinkSync(join(outside, 'secret'), join(root, 'link'));
    symlinkSync(outside, join(root, 'folder'));
    symlinkSync(join(outside, 'not-there'), join(root, 'dangling'));
    symlinkSync('self', join(root, 'self'));
    for (const reference of ['link', 'folder/secret', 'folder/missing/deep', 'dangling', 'self'])
      refusal(reference);
  });

  it('follows links that stay inside, and a root that is itself a link', () => {
    symlinkSync(join(root, 'data'), join(root, 'alias'));
    symlinkSync(root, join(outside, 'root-link'));
    assert.equal(
      resolveInside(join(outside, 'root-link'), 'alias/a.yaml', where),
      join(root, 'data', 'a.yaml'),
    );
  });

  it('shows control characters in a reference harmlessly', () => {
    assert.ok(!refusal('../\u001b[31mred').message.includes('\u001b'));
  });
});
