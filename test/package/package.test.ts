import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { readImports } from '../support/importGraph.ts';
import { readZip } from '../support/readZip.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const root = path.join(import.meta.dirname, '..', '..');

/** Every file that may be in the package. */
const ALLOWED = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|package\.nls\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/l10n\/bundle\.l10n\.json$/,
  /^extension\/dist\/(extension\.cjs|(engineProcess|services)\.js|(dataset|openDataset|report|trace|gateway)Worker\.js)$/,
  /^extension\/dist\/ThirdPartyNotices\.txt$/,
  /^extension\/dist\/chunks\/[\w.-]+\.js$/,
  /^extension\/dist\/webview\/(report|standalone|compare|trace|monitor|deployment)\.(js|css)$/,
  /^extension\/media\/(icon\.svg|icon\.png|prices\.json|terminal\.png)$/,
  /^extension\/media\/schemas\/[\w.-]+\.schema\.json$/,
  /^extension\/media\/(walkthrough|screenshots)\/[\w-]+\.png$/,
];
const MAX_BYTES = 5 * 1024 * 1024;

/** Packages that the sources load: their types alone need no licence. */
/** The packages that the entry points lead to. What nothing leads to yet is not a part of the extension. */
function importedPackages(): string[] {
  const graph = readImports(root, 'src/**/*.ts');
  const open = [...graph.keys()].filter((file) => ENTRIES.test(file));
  const seen = new Set(open);
  const names = new Set<string>();
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const name of packagesOf(file)) names.add(name);
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target) || seen.has(target)) continue;
      seen.add(target);
      open.push(target);
    }
  }
  return [...names];
}

const ENTRIES =
  /^src\/(cli|engineProcess|services|extension|webview\/[^/]+\/main|.*(?:[cC]hild|[wW]orker))\.ts$/;

function packagesOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const imports = text.matchAll(/^import (?!type )[^;]*?from '((?:@[^/']+\/)?[^./'][^/']*)/gm);
  return [...imports].flatMap(([, name]) => (name && !/^node:|^vscode$/.test(name) ? [name] : []));
}

describe('the packaged extension', function () {
  this.timeout(180_000);
  let folder: string;
  let vsix: Buffer;
  let files: Map<string, Buffer>;

  before(() => {
    folder = temporaryFolder();
    const file = path.join(folder, 'touchstone.vsix');
    execFileSync(process.execPath, [path.join(root, 'scripts', 'package.ts'), file], { stdio: 'pipe' });
    vsix = readFileSync(file);
    files = readZip(vsix);
  });

  it('holds what is allowed and nothing else, in at most 5 MB', () => {
    const strange = [...files.keys()].filter((name) => !ALLOWED.some((allowed) => allowed.test(name)));
    assert.deepEqual(strange, []);
    assert.ok(vsix.length <= MAX_BYTES, `${vsix.length} bytes`);
  });

  it('holds every file that its manifest names', () => {
    const manifest = String(files.get('extension/package.json'));
    const named = [...manifest.matchAll(/"(?:\.\/)?((?:media|dist)\/[^"]+)"/g)].map(([, name]) => name);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((name) => !files.has(`extension/${name}`)),
      [],
    );
  });

  it('holds the programs of its threads', () => {
    const workers = globSync('src/{engineProcess,services}/*Worker.ts', { cwd: root });
    assert.ok(workers.length >= 4);
    const names = workers.map((file) => `extension/dist/${path.basename(file, '.ts')}.js`);
    assert.deepEqual(
      names.filter((name) => !files.has(name)),
      [],
    );
  });

  it('holds the licence of everything that it is made of', () => {
    const notices = String(files.get('extension/dist/ThirdPartyNotices.txt'));
    const bundled = importedPackages();
    assert.ok(bundled.length > 10);
    assert.deepEqual(
      bundled.filter((name) => !notices.includes(`\n${name} `)),
      [],
    );
    assert.match(notices, /Copyright \(c\) Promptfoo/);
    assert.doesNotMatch(notices, /\(no licence named\)/);
  });

  it('holds every picture of its page', () => {
    const page = String(files.get('extension/readme.md'));
    const pictures = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, name]) => name);
    assert.ok(pictures.length >= 4);
    assert.deepEqual(
      pictures.filter((name) => !files.has(`extension/${name}`)),
      [],
    );
  });

  it('has a text for every %name% of its manifest', () => {
    const texts = JSON.parse(String(files.get('extension/package.nls.json'))) as object;
    const wanted = [...String(files.get('extension/package.json')).matchAll(/"%([\w.]+)%"/g)];
    assert.deepEqual(
      wanted.map(([, name = '']) => name).filter((name) => !(name in texts)),
      [],
    );
  });

  it('says nothing of the machine that made it', () => {
    const telling = [...files].filter(([, content]) => content.includes(root));
    assert.deepEqual(
      telling.map(([name]) => name),
      [],
    );
  });

  it('starts its engine from the package alone', () => {
    for (const [name, content] of files) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const engine = path.join(folder, 'extension', 'dist', 'engineProcess.js');
    // Its input is closed at once, which ends it.
    const { status, stderr } = spawnSync(process.execPath, [engine], { input: '', encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
});
