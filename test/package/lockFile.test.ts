import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { root } from './packFolder.ts';

interface Entry {
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  optionalDependencies?: { [name: string]: string };
}

const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  packages: { [place: string]: Entry };
};
const entries = Object.entries(lock.packages);
const known = new Set(entries.map(([place]) => place.split('node_modules/').at(-1)));

/** What `npm ci` refuses, on whichever platform somebody sets the project up. */
describe('the lock file', () => {
  it('holds the programs of every platform, not only of the one that wrote it', () => {
    const missing = entries.flatMap(([, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !known.has(name)),
    );
    assert.deepEqual(missing, []);
    for (const platform of ['darwin-arm64', 'linux-x64', 'linux-arm64', 'win32-x64'])
      assert.ok(known.has(`@biomejs/cli-${platform}`) && known.has(`@esbuild/${platform}`), platform);
  });

  it('is that of package.json', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Entry;
    const [, own] = entries[0] ?? [];
    assert.deepEqual([own?.name, own?.version], [manifest.name, manifest.version]);
  });

  it('names no server, and has a checksum for every package', () => {
    const packages = entries.filter(([place]) => place !== '');
    assert.ok(packages.length > 500);
    assert.deepEqual(
      packages.filter(([, { resolved, integrity }]) => resolved !== undefined || integrity === undefined),
      [],
    );
  });
});
