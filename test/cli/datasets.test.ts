import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { matchesGolden } from '../support/goldenFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const OLD = `# support
schema_version: 1.0.0
version: 1.3.0
metadata: { name: Refunds }
test_cases:
  - id: refund-001
    input: Can I return order 4711?
    expected_output:
      answer: Yes, within 30 days.
      expected_keywords: [30 days, refund]
  - id: refund-002
    input: Is the sale final?
  - id: refund-003
    description: The parcel never came.
    input: Where is it?
`;

const NEW = `schema_version: 2.0.0
version: 1.3.1
metadata: { name: Refund desk, author: Support }
test_cases:
  - id: late-parcel
    description: The parcel never came.
    input: Where is it?
    complexity: simple
    evaluation_criteria: { min_relevance: 0.7, min_accuracy: 0.7, min_safety: 1 }
  - id: refund-001
    input: Can I send back order 4711?
    expected_output:
      answer: |
        Yes, you can return it within 30 days of delivery; the day of delivery does not count.
        The money goes back the way it came.
      expected_concepts: [refund, 14 days]
    complexity: medium
    evaluation_criteria: { min_relevance: 0.7, min_accuracy: 0.8, min_safety: 1 }
    tags: [critical]
  - id: refund-004
    input: { order: "4712", question: "Is \\e[31mthis safe?" }
`;

describe('dataset commands', () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  const commit = () => {
    git('add', '.');
    git('commit', '-q', '-m', 'next');
  };

  describe('import', () => {
    const samples = '{"input":"2+2=","ideal":"4","level":"easy"}\n{"input":"3+3=","ideal":["6","six"]}\n';

    it('writes a dataset that validates, and lists what has no place', async () => {
      write('samples.jsonl', samples);
      const { code, out, err } = await touchstone(
        folder,
        'import',
        'samples.jsonl',
        '-o',
        'maths.golden.yaml',
      );
      assert.equal(code, 0, err);
      assert.equal(out, 'maths.golden.yaml: 2 cases from OpenAI evals');
      assert.match(err, /kept as metadata:\n {4}level \(1\)\n {4}ideal \(1\)\n {2}notes:/);
      assert.equal((await touchstone(folder, 'validate', 'maths.golden.yaml')).code, 0);
      assert.match(
        read('maths.golden.yaml'),
        /name: maths\n {2}description: Imported from samples.jsonl \(OpenAI evals\)\./,
      );
    });

    it('replaces a file only when it is forced to', async () => {
      write('samples.jsonl', samples);
      write('out.jsonl', 'mine');
      const refused = await touchstone(folder, 'import', 'samples.jsonl', '-o', 'out.jsonl');
      assert.equal(refused.code, 2);
      assert.match(refused.err, /out.jsonl: the file already exists\n.*--force.*--append/);
      assert.equal(read('out.jsonl'), 'mine');
      assert.equal(
        (await touchstone(folder, 'import', 'samples.jsonl', '-o', 'out.jsonl', '--force')).code,
        0,
      );
      assert.equal(read('out.jsonl').split('\n').length, 4);
    });

    it('leaves nothing behind when a record cannot be used', async () => {
      write('samples.jsonl', `${samples}{"ideal":"x"}\n`);
      const { code, err } = await touchstone(folder, 'import', 'samples.jsonl', '-o', 'out.jsonl');
      assert.equal(code, 2);
      assert.match(err, /samples.jsonl:3:1: error: the record has no input/);
      assert.deepEqual(readdirSync(folder), ['samples.jsonl']);
    });

    it('adds what is new to a dataset, and says what was there', async () => {
      write('samples.jsonl', samples);
      write(
        'all.golden.yaml',
        '# mine\nschema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: x\n',
      );
      const first = await touchstone(folder, 'import', 'samples.jsonl', '-o', 'all.golden.yaml', '--append');
      assert.equal(first.out, 'all.golden.yaml: 2 cases added from OpenAI evals, version 1.0.0 → 1.1.0');
      assert.match(read('all.golden.yaml'), /^# mine\n/);
      const text = read('all.golden.yaml');
      write('samples.jsonl', samples.replace('"4"', '"four"'));
      const again = await touchstone(folder, 'import', 'samples.jsonl', '-o', 'all.golden.yaml', '--append');
      assert.equal(again.out, 'all.golden.yaml: 0 cases added from OpenAI evals');
      assert.match(
        again.err,
        /already present: 1 case\n {2}kept unchanged, although the import differs: 2-2-/,
      );
      assert.equal(read('all.golden.yaml'), text);
    });

    it('reads several files, and takes --from as the last word', async () => {
      write('a.yaml', 'id: a\ninputs: { prompt: x }\n');
      write('b.yaml', 'id: b\ninputs: { prompt: y }\n');
      assert.equal(
        (await touchstone(folder, 'import', 'a.yaml', 'b.yaml', '-o', 'w.jsonl')).out,
        'w.jsonl: 2 cases from Waza task',
      );
      const wrong = await touchstone(folder, 'import', 'a.yaml', '--from', 'promptfoo', '-o', 'v.jsonl');
      assert.equal(wrong.code, 2);
      assert.match(wrong.err, /a.yaml: the file contains no records in this format: promptfoo tests/);
    });
  });

  describe('export', () => {
    it('writes to standard output or a file, and reads back as the same dataset', async () => {
      write('a.golden.yaml', NEW);
      const shown = await touchstone(folder, 'export', 'a.golden.yaml', '--to', 'promptfoo');
      assert.equal(shown.code, 0, shown.err);
      assert.match(shown.err, /the reference answer is kept, but not checked by any assertion \(1\)/);
      const saved = await touchstone(
        folder,
        'export',
        'a.golden.yaml',
        '--to',
        'promptfoo',
        '-o',
        'tests.yaml',
      );
      assert.equal(saved.out, 'tests.yaml: 3 cases as promptfoo tests');
      assert.equal(read('tests.yaml').trimEnd(), shown.out);
      assert.equal(
        (await touchstone(folder, 'export', 'a.golden.yaml', '--to', 'promptfoo', '-o', 'tests.yaml')).code,
        2,
      );
      await touchstone(folder, 'import', 'tests.yaml', '-o', 'b.golden.yaml');
      const { code, out } = await touchstone(folder, 'diff-dataset', 'a.golden.yaml', 'b.golden.yaml');
      assert.equal(code, 0);
      assert.match(out, /0 added, 0 removed, 0 changed, 3 unchanged/);
    });

    it('refuses an unknown format and an invalid dataset', async () => {
      write('a.golden.yaml', NEW.replace('id: refund-004', 'id: refund-001'));
      assert.match(
        (await touchstone(folder, 'export', 'a.golden.yaml', '--to', 'excel')).err,
        /Choose from: promptfoo/,
      );
      const invalid = await touchstone(
        folder,
        'export',
        'a.golden.yaml',
        '--to',
        'promptfoo',
        '-o',
        'x.yaml',
      );
      assert.equal(invalid.code, 2);
      assert.deepEqual(readdirSync(folder), ['a.golden.yaml']);
    });
  });

  describe('diff-dataset', () => {
    it('shows every change, the version that it calls for, and nothing that steers a terminal', async () => {
      write('old.golden.yaml', OLD);
      write('new.golden.yaml', NEW);
      const { code, out } = await touchstone(folder, 'diff-dataset', 'old.golden.yaml', 'new.golden.yaml');
      assert.equal(code, 0);
      matchesGolden('datasets/diff-dataset.txt', `${out}\n`);
      assert.equal(out.includes('\u001b'), false);
    });

    it('fails a check only when the version was not raised enough', async () => {
      write('old.golden.yaml', OLD);
      write('new.golden.yaml', NEW);
      assert.equal(
        (await touchstone(folder, 'diff-dataset', 'old.golden.yaml', 'new.golden.yaml', '--check')).code,
        1,
      );
      write('new.golden.yaml', NEW.replace('1.3.1', '2.0.0'));
      assert.equal(
        (await touchstone(folder, 'diff-dataset', 'old.golden.yaml', 'new.golden.yaml', '--check')).code,
        0,
      );
      assert.equal(
        (await touchstone(folder, 'diff-dataset', 'old.golden.yaml', 'old.golden.yaml', '--check')).code,
        0,
      );
    });

    it('gives all of it as JSON', async () => {
      write('old.golden.yaml', OLD);
      write('new.golden.yaml', NEW);
      const { out } = await touchstone(
        folder,
        'diff-dataset',
        'old.golden.yaml',
        'new.golden.yaml',
        '--json',
      );
      const diff = JSON.parse(out);
      assert.deepEqual(diff.version, {
        before: '1.3.0',
        after: '1.3.1',
        needed: 'major',
        made: 'patch',
        enough: false,
        suggested: '2.0.0',
      });
      assert.deepEqual(
        diff.added.map((entry: { id: string }) => entry.id),
        ['late-parcel', 'refund-004'],
      );
    });

    it('reads git revisions: a path, a bare revision on either side, the index, and HEAD by itself', async () => {
      git('init', '-q');
      write('data/a.golden.yaml', OLD);
      commit();
      write(
        'data/a.golden.yaml',
        OLD.replace('1.3.0', '1.3.1').replace('Where is it?', 'Where is my parcel?'),
      );
      const changed = async (...args: string[]) => {
        const { code, out, err } = await touchstone(folder, 'diff-dataset', ...args);
        assert.equal(code, 0, err);
        return /(\d) changed/.exec(out)?.[1];
      };
      assert.equal(await changed('data/a.golden.yaml'), '1');
      assert.equal(await changed('HEAD', 'data/a.golden.yaml'), '1');
      assert.equal(await changed('data/a.golden.yaml', 'HEAD'), '1');
      assert.equal(await changed('HEAD:data/a.golden.yaml', 'data/a.golden.yaml'), '1');
      assert.equal(await changed(':data/a.golden.yaml', 'data/a.golden.yaml'), '1');
      commit();
      assert.equal(await changed('data/a.golden.yaml'), '0');
      assert.equal(await changed('HEAD~1', 'HEAD:data/a.golden.yaml'), '1');
      assert.equal(await changed('HEAD~1:data/a.golden.yaml', 'HEAD'), '1');
      const below = await touchstone(path.join(folder, 'data'), 'diff-dataset', 'HEAD~1', 'a.golden.yaml');
      assert.match(below.out, /^HEAD~1:a.golden.yaml → a.golden.yaml/);
      assert.match(below.out, /1 changed/);
    });

    it('says plainly what git does not know', async () => {
      write('a.golden.yaml', OLD);
      const fails = async (...args: string[]) => {
        const { code, err } = await touchstone(folder, 'diff-dataset', ...args);
        assert.equal(code, 2);
        return err;
      };
      assert.match(await fails('HEAD', 'a.golden.yaml'), /not a git repository/);
      git('init', '-q');
      commit();
      assert.match(await fails('v9', 'a.golden.yaml'), /no file or git revision named v9/);
      assert.match(await fails('HEAD:b.golden.yaml', 'a.golden.yaml'), /HEAD has no file b.golden.yaml/);
      assert.match(await fails('HEAD', 'main'), /neither HEAD nor main is a file/);
      assert.match(await fails('HEAD', 'gone.golden.yaml'), /gone.golden.yaml: the file does not exist/);
      assert.match(await fails('HEAD', '.'), /not a regular file/);
    });

    it('never hands git an option, and runs no conversion that a repository configures', async () => {
      git('init', '-q');
      write('a.golden.yaml', OLD);
      write('.gitattributes', '*.yaml diff=evil\n');
      commit();
      git('config', 'diff.evil.textconv', 'touch ran; cat');
      git('config', 'core.pager', 'touch ran');
      for (const name of ['--output=ran', '-c', '--upload-pack=touch ran:a.golden.yaml']) {
        const { code, err } = await touchstone(folder, 'diff-dataset', '--', name, 'a.golden.yaml');
        assert.equal(code, 2);
        assert.match(err, /is not a revision/);
      }
      assert.equal((await touchstone(folder, 'diff-dataset', 'HEAD:a.golden.yaml', 'a.golden.yaml')).code, 0);
      assert.equal(readdirSync(folder).includes('ran'), false);
    });

    it('takes a file that is called like a revision for the file', async () => {
      git('init', '-q');
      write('a.golden.yaml', OLD);
      commit();
      rmSync(path.join(folder, 'a.golden.yaml'));
      write('HEAD:a.golden.yaml', OLD.replace('1.3.0', '1.4.0'));
      const { out } = await touchstone(folder, 'diff-dataset', 'HEAD:a.golden.yaml', 'HEAD:a.golden.yaml');
      assert.match(out, /unchanged at 1\.4\.0/);
    });
  });
});
