import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, it } from 'mocha';
import { parseAllDocuments } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { processIo } from '../../src/cli/terminal/io.ts';
import { smallestPassChange } from '../../src/engine/compare/pairs/outlook.ts';
import { exactShareInterval } from '../../src/engine/statistics/exactShare.ts';
import { type MarkdownBlock, markdownBlocks } from './markdownBlocks.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const PAGES = [...globSync('*.md', { cwd: ROOT }), ...globSync('docs/*.md', { cwd: ROOT })];
/** Keys of a suite; a snippet that has only such keys is checked as one. */
const SUITE_KEYS = new Set([
  'targets',
  'evaluators',
  'gate',
  'cascade',
  'judge',
  'embeddings',
  'repeat',
  'budget',
  'filter',
  'threshold',
  'token_budgets',
]);

/** Of a configuration. */
const CONFIG_KEYS = new Set([
  'suites',
  'providers',
  'bulkheads',
  'caches',
  'fallbacks',
  'gateway',
  'deployments',
]);

describe('documentation', () => {
  for (const page of PAGES) {
    describe(page, () => {
      const text = readFileSync(path.join(ROOT, page), 'utf8');

      it('leads to pages and headings that exist', () => assert.deepEqual(deadLinks(page, text), []));

      it('shows configuration, datasets and data that are valid', () => {
        const wrong = markdownBlocks(text).flatMap((block) =>
          problemsOf(block).map((one) => `${page}:${block.line}: ${one}`),
        );
        assert.deepEqual(wrong, []);
      });

      it('shows commands that the command line takes', async () => {
        for (const { text: shell, language, line } of markdownBlocks(text)) {
          if (language !== 'sh') continue;
          for (const args of touchstoneCommands(shell)) await parsed(args, `${page}:${line}`);
        }
      });

      it('shows programs without errors of syntax', function () {
        this.timeout(30_000);
        for (const block of markdownBlocks(text)) checkSyntax(block, `${page}:${block.line}`);
      });
    });
  }

  it('gives the figures of choosing.md as the code computes them', () => {
    const text = readFileSync(path.join(ROOT, 'docs', 'choosing.md'), 'utf8');
    const rows = [...text.matchAll(/^\| (\d+) \| (\d+)–(\d+) % \| (\d+) points \|$/gm)];
    assert.ok(rows.length >= 5);
    for (const [row, ...written] of rows) {
      const [cases = 0, low, high, change] = written.map(Number);
      const interval = exactShareInterval(Math.round(cases * 0.9), cases);
      const smallest = smallestPassChange(Array<number>(cases).fill(1));
      assert.ok(interval && smallest !== null);
      assert.deepEqual(
        [interval.low, interval.high, smallest].map((share) => Math.round(share * 100)),
        [low, high, change],
        row,
      );
    }
  });
});

function deadLinks(page: string, text: string): string[] {
  const prose = text.replaceAll(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file));
  if (!existsSync(path.join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** As GitHub names them. */
function anchorsOf(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8').replaceAll(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}

function problemsOf({ language, text }: MarkdownBlock): string[] {
  try {
    if (language === 'json') for (const one of jsonDocuments(text)) JSON.parse(one);
    if (language !== 'yaml') return [];
    const documents = parseAllDocuments(text, { logLevel: 'silent' });
    return documents.flatMap((one) =>
      one.errors.length > 0 ? one.errors.map(String) : schemaProblems(one.toJS()),
    );
  } catch (error) {
    return [String(error)];
  }
}

/** One document, or one in each line. */
function jsonDocuments(text: string): string[] {
  const lines = text.split('\n');
  return lines.length > 1 && lines.every((line) => /^\{.*\}$/.test(line.trim())) ? lines : [text];
}

const isConfig = compiled('touchstone');
const isDataset = compiled('golden-2.0.0');

function compiled(name: string) {
  const schema = JSON.parse(readFileSync(path.join(ROOT, 'media', 'schemas', `${name}.schema.json`), 'utf8'));
  return new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
}

function schemaProblems(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Object.keys(value);
  // Older forms are shown where an upgrade is explained.
  if (keys.includes('schema_version') && 'schema_version' in value && value.schema_version === '1.0.0')
    return [];
  if (keys.includes('test_cases')) {
    const whole = { schema_version: '2.0.0', version: '1.0.0', ...value };
    return isDataset(whole)
      ? []
      : (isDataset.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
  const config = asConfig(value, keys);
  if (!config || isConfig(config)) return [];
  return (isConfig.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function asConfig(value: object, keys: readonly string[]): object | undefined {
  // A snippet leaves out what it does not speak of.
  const whole = (suite: object) => ({ dataset: 'cases.golden.yaml', targets: [{ echo: true }], ...suite });
  if (keys.every((key) => SUITE_KEYS.has(key))) return { suites: { shown: whole(value) } };
  if (!keys.every((key) => CONFIG_KEYS.has(key))) return undefined;

  const suites: { [name: string]: object } = { ...(value as { suites?: object }).suites };
  return {
    ...value,
    suites: Object.fromEntries(Object.entries(suites).map(([name, suite]) => [name, whole(suite)])),
  };
}

/** The arguments of each `touchstone` of a block of shell. */
function touchstoneCommands(shell: string): string[][] {
  return shell
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => line.split(/&&|\|\|?|;|>/))
    .map((command) => command.replace(/(^|\s)#.*$/, '').trim())
    .map((command) => command.replace(/^npx --no(?: --)? touchstone\b/, 'touchstone'))
    .filter((command) => /^touchstone\b/.test(command))
    .map((command) =>
      [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
        ([, single, double, plain = '']) => single ?? double ?? plain,
      ),
    )
    .map(([, ...args]) => args);
}

async function parsed(args: readonly string[], where: string): Promise<void> {
  const said: string[] = [];
  const io = {
    ...processIo(),
    out: () => {},
    err: (line: string) => void said.push(line),
    endAtOnce: () => {},
  };
  try {
    const program = await createProgram(args, async () => {}, io);
    await program.parseAsync(args, { from: 'user' });
  } catch {
    assert.deepEqual(said, [], `${where}: touchstone ${args.join(' ')}`);
  }
}

function checkSyntax({ language, text }: MarkdownBlock, where: string): void {
  const [program, ...args] =
    language === 'js'
      ? [process.execPath, '--input-type=module', '--check', '-']
      : language === 'python'
        ? ['python3', '-c', 'import ast, sys; ast.parse(sys.stdin.read())']
        : [];
  if (program === undefined) return;
  const { status, stderr, error } = spawnSync(program, args, { input: text, encoding: 'utf8' });
  // A machine without Python checks the rest.
  if (error && language === 'python') return;
  assert.equal(status, 0, `${where}: ${stderr}`);
}
