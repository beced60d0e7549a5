import assert from 'node:assert/strict';
import { existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { type OpenAiServer, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { npm, pack, root, runProgram } from './packFolder.ts';

/** Every file that may be in the package. */
const ALLOWED = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/((cli|services)\.js|ThirdPartyNotices\.txt)$/,
  /^dist\/chunks\/[\w.-]+\.js$/,
  /^dist\/webview\/((report|compare)\.js|standalone\.css)$/,
  /^media\/(prices\.json|schemas\/[\w.-]+\.schema\.json)$/,
];
const MAX_BYTES = 4 * 1024 * 1024;
const NAME = '@touchstone-evals/touchstone';
/** Answers every question of the sample that `init` writes. */
const ANSWER =
  'Yes, for a refund within 30 days of delivery. Shipping takes 2 to 4 days. Anything else I do not know.';
const windows = process.platform === 'win32';

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  private?: boolean;
  engines: { node: string };
  dependencies?: object;
};

describe('the packed command', function () {
  this.timeout(240_000);
  let folder: string;
  let tarball: string;
  /** The package as it is installed. */
  let installed: string;
  /** The command as it is on the path. */
  let command: string;
  let server: OpenAiServer;

  before(async () => {
    folder = temporaryFolder();
    tarball = pack(folder);
    const prefix = path.join(folder, 'prefix');
    npm(folder, 'install', '--global', '--prefix', prefix, tarball);
    installed = path.join(prefix, windows ? '' : 'lib', 'node_modules', NAME);
    command = windows ? path.join(prefix, 'touchstone.cmd') : path.join(prefix, 'bin', 'touchstone');
    server = await startOpenAiServer(() => ({ text: ANSWER }));
  });
  after(async () => {
    await server?.close();
  });

  /** A folder with nothing in it. */
  const bare = (name: string): string => {
    const made = path.join(folder, name);
    mkdirSync(made);
    return made;
  };
  const model = () => ({ OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'sk-test' });

  it('has a name with a scope, may be published, and needs no other package', () => {
    assert.deepEqual([manifest.name, manifest.private, manifest.dependencies], [NAME, undefined, undefined]);
  });

  it('holds what is allowed and nothing else, no picture, in at most 4 MB', () => {
    const files = globSync('**', { cwd: installed }).filter((file) =>
      statSync(path.join(installed, file)).isFile(),
    );
    assert.ok(files.includes(path.join('dist', 'cli.js')));
    const strange = files.filter(
      (file) => !ALLOWED.some((allowed) => allowed.test(file.replaceAll(path.sep, '/'))),
    );
    assert.deepEqual(strange, []);
    assert.ok(statSync(tarball).size <= MAX_BYTES, `${statSync(tarball).size} bytes`);
  });

  it('says nothing of the machine that made it', () => {
    const telling = globSync('**/*.{js,json,css,txt,md}', { cwd: installed }).filter((file) => {
      const text = readFileSync(path.join(installed, file), 'utf8');
      return text.includes(root) || text.includes(os.homedir() + path.sep);
    });
    assert.deepEqual(telling, []);
  });

  it('tells the version of the package', async () => {
    const { code, out, err } = await runProgram(command, ['--version'], folder);
    assert.deepEqual([code, out.trim(), err], [0, manifest.version, '']);
  });

  it('leads from an empty folder through a first suite to a report', async () => {
    const workspace = bare('first');
    const init = await runProgram(command, ['init'], workspace);
    assert.equal(init.code, 0, init.err);
    const run = await runProgram(command, ['eval', '-o', 'report.html', 'report.md'], workspace, model());
    assert.equal(run.code, 0, run.out + run.err);
    assert.match(readFileSync(path.join(workspace, 'report.html'), 'utf8'), /<script/);
    assert.match(readFileSync(path.join(workspace, 'report.md'), 'utf8'), /^<!-- touchstone-report -->/);
    const show = await runProgram(command, ['show'], workspace);
    assert.equal(show.code, 0, show.err);
  });

  it('is found by npx in a project that has it, which fetches nothing', async () => {
    const project = bare('project');
    npm(project, 'init', '--yes');
    npm(project, 'install', '--save-dev', tarball);
    const { code, out, err } = await runProgram('npx', ['--no', '--', 'touchstone', '--version'], project);
    assert.deepEqual([code, out.trim()], [0, manifest.version], err);
    assert.ok(
      existsSync(path.join(project, 'node_modules', NAME, 'media', 'schemas', 'touchstone.schema.json')),
    );
  });

  for (const version of ['18.20.8', '20.20.2', '22.12.0'])
    it(`tells Node ${version} in one line which one it needs`, async () => {
      const pretended = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;
      const args = ['--import', pretended, path.join(installed, 'dist', 'cli.js'), '--version'];
      const { code, out, err } = await runProgram(process.execPath, args, folder);
      assert.deepEqual([code, out], [2, '']);
      assert.match(
        err,
        new RegExp(`^touchstone needs Node 22\\.13 or later, and this is Node ${version}\\. .*\n$`),
      );
    });

  it('can be read by an older Node: its entry imports nothing before it knows the version', () => {
    const entry = readFileSync(path.join(installed, 'dist', 'cli.js'), 'utf8');
    assert.match(entry, /^#!\/usr\/bin\/env node\n/);
    const imports = [...entry.matchAll(/^import\b.*?\bfrom *['"]([^'"]+)['"]/gm)].map(([, name]) => name);
    assert.deepEqual(imports, ['node:module']);
    assert.ok(entry.length < 4_000, `${entry.length} characters`);
    assert.equal(manifest.engines.node, '>=22.13.0');
  });

  it('works with what Node 22.13 lacks of later versions', async () => {
    const workspace = bare('oldest');
    const preload = pathToFileURL(path.join(root, 'test', 'support', 'nodeOf2213.mjs')).href;
    const environment = { ...model(), NODE_OPTIONS: `--import ${preload}` };
    const steps = [['init'], ['eval'], ['show'], ['show', '--runs'], ['eval', '--replay', 'none']];
    const codes: (number | null)[] = [];
    for (const args of steps) {
      const { code, err } = await runProgram(command, args, workspace, environment);
      assert.doesNotMatch(err, /bug in touchstone|ExperimentalWarning/, args.join(' '));
      codes.push(code);
    }
    assert.deepEqual(codes, [0, 0, 0, 0, 2]);
    assert.ok(!existsSync(path.join(workspace, '.touchstone', 'touchstone.db-wal')), 'the store was closed');
  });
});
