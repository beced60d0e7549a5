import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../engine/errors.ts';
import { EXIT } from './exitCode.ts';
import { keepHeapSmall } from './heap.ts';
import { Interrupted } from './interrupt.ts';
import { type Io, processIo } from './terminal/io.ts';
import { sanitize } from './terminal/sanitize.ts';
import { printError } from './views/printError.ts';

/** Runs one command line; returns its exit code. Errors that a person can cause are shown without a stack. */
export async function main(
  argv: readonly string[],
  terminal: Omit<Io, 'endAtOnce'> = processIo(),
): Promise<number> {
  keepHeapSmall();
  const ended = Promise.withResolvers<number>();
  const io: Io = { ...terminal, endAtOnce: () => ended.resolve(EXIT.interrupted) };
  return Promise.race([run(argv, io), ended.promise]);
}

async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.passed;
  const program = createProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, io);
  }
}

function createProgram(io: Io, done: (code: number) => void): Command {
  const program = new Command('touchstone')
    .description('Tests prompts and agents against golden datasets, and tells whether a change is better.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('Run with --help to see how it is used.')
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    });
  const config = new Option(
    '-c, --config <file>',
    'the configuration; its folder is the workspace (default: touchstone.yaml)',
  );

  const output = new Option(
    '-o, --output <file...>',
    'write a report; the ending chooses its form: .json, .jsonl, .junit.xml, .csv, .md or .html',
  );

  const otlp = new Option(
    '--otlp [url]',
    "send spans, log lines and evaluations to an OTLP collector (default: OpenTelemetry's environment variables)",
  );
  const otlpHeader = new Option(
    '--otlp-header <name=value>',
    `a header for the collector; may be given several times; \${env:NAME} in its value is filled in`,
  ).argParser((header: string, before: string[] = []) => [...before, header]);

  program
    .command('init')
    .description('write a first suite, prompt and dataset into a folder; nothing is overwritten')
    .argument('[folder]', 'the folder', '.')
    .action(async (folder) => done(await (await import('./commands/init.ts')).init(folder, io)));

  program
    .command('list')
    .description('show suites, targets, datasets and prompts')
    .argument('[folder]', 'the workspace')
    .addOption(config)
    .option('--json', 'as JSON')
    .action(async (folder, options) =>
      done(await (await import('./commands/list.ts')).list(folder, options, io)),
    );

  program
    .command('validate')
    .description('check configuration, prompts and datasets; shows every problem with its place')
    .argument('[paths...]', 'files or folders (default: the workspace)')
    .addOption(config)
    .option('--json', 'as JSON')
    .action(async (paths, options) =>
      done(await (await import('./commands/validate.ts')).validate(paths, options, io)),
    );

  program
    .command('upgrade')
    .description('bring golden datasets to the newest schema, in place, keeping comments and order')
    .argument('<files...>', 'golden datasets')
    .option('--dry-run', 'show the changes and write nothing')
    .action(async (files, options) =>
      done(await (await import('./commands/upgrade.ts')).upgrade(files, options, io)),
    );

  program
    .command('import')
    .description('turn the data of another tool into a golden dataset, or add it to one')
    .argument('<files...>', 'YAML, JSON, JSONL or CSV files')
    .requiredOption('-o, --output <file>', 'the dataset: .golden.yaml, .json or .jsonl')
    .option('--from <format>', 'the tool that wrote the files (default: told by their fields)')
    .option(
      '--map <field=place>',
      'instead of a tool: what a field is, e.g. --map question=input --map answer=expected_output.answer',
      (field: string, before: string[] = []) => [...before, field],
    )
    .option('--append', 'add the cases that the dataset does not have yet, in place')
    .option('--force', 'replace a file that is there already')
    .action(async (files, options) =>
      done(await (await import('./commands/import.ts')).importFiles(files, options, io)),
    );

  program
    .command('export')
    .description('write a golden dataset in the format of another tool')
    .argument('<file>', 'the golden dataset')
    .requiredOption('--to <format>', 'promptfoo or openai-evals')
    .option('-o, --output <file>', 'the file (default: standard output)')
    .option('--force', 'replace a file that is there already')
    .action(async (file, options) =>
      done(await (await import('./commands/export.ts')).exportFile(file, options, io)),
    );

  program
    .command('diff-dataset')
    .description('compare two versions of a golden dataset, and tell the version that the change calls for')
    .argument(
      '<before>',
      'a file, REVISION:path as in git, or a revision; alone: a file, with HEAD before it',
    )
    .argument('[after]', 'the same')
    .option('--check', 'exit with 1 when the content changed and its version was not raised enough')
    .option('--json', 'as JSON')
    .action(async (before, after, options) =>
      done(await (await import('./commands/diffDataset.ts')).diffDataset(before, after, options, io)),
    );

  program
    .command('eval')
    .description('run suites: call the targets with every case and evaluate what they return')
    .argument(
      '[paths...]',
      'a workspace folder, a configuration, or datasets and prompts whose suites are run',
    )
    .addOption(config)
    .option('-s, --suite <name...>', 'only these suites')
    .option(
      '-f, --filter <text...>',
      'only cases whose id or description contains one of these; * stands for any text',
    )
    .option('-t, --tag <tag...>', 'only cases with one of these tags')
    .option('-m, --model <provider/model>', 'the model of every prompt target, in place of its own')
    .option(
      '--judge <provider/model>',
      'the model that judges, in place of every judge that the suite or its cases name',
    )
    .option('-r, --repeat <n>', 'trials of each case', wholeNumber(1, 1000))
    .option('-j, --max-concurrency <n>', 'most calls at the same time', wholeNumber(1, 1024))
    .option('--seed <n>', 'seed of the run', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--estimate', 'tell what the run will probably cost and how long it takes; nothing is called')
    .option(
      '--max-cost <usd>',
      'stop before the run costs more; it can be resumed, with the same limit or another one (none: without)',
      dollars,
    )
    .option('--resume [run]', 'go on with an interrupted run (default: the newest)')
    .option('--record <folder>', 'keep each reply of models and agents there, to be replayed')
    .option(
      '--replay <folder>',
      'take replies from there; nothing is called, and a missing one fails the run',
    )
    .option(
      '--rejudge [run]',
      'judge the outputs of a stored run anew (default: the newest); calls no target',
    )
    .option('--trust', 'run JavaScript that datasets and suites bring along; it is not sandboxed')
    .addOption(output)
    .addOption(otlp)
    .addOption(otlpHeader)
    .option('--no-progress', 'show no progress bar')
    .action(async (paths, options) =>
      done(await (await import('./commands/eval.ts')).evaluate(paths, options, io)),
    );

  program
    .command('compare')
    .description(
      'tell whether a candidate is better, worse, mixed, equivalent, identical or undecided against a baseline, case by case',
    )
    .option(
      '-b, --baseline <side>',
      'a git revision, a stored run, a target of the suite, or a provider/model',
      'HEAD',
    )
    .option('--candidate <side>', 'the same, or . for the files as they are (default)')
    .addOption(config)
    .option('-s, --suite <name>', 'the suite; needed where there are several')
    .option('--target <name>', 'only this target of the suite, on both sides')
    .option('-f, --filter <text...>', 'only cases whose id or description contains one of these')
    .option('-t, --tag <tag...>', 'only cases with one of these tags')
    .option('-r, --repeat <n>', 'trials of each case', wholeNumber(1, 1000))
    .option('-j, --max-concurrency <n>', 'most calls at the same time', wholeNumber(1, 1024))
    .option('--seed <n>', 'seed of both sides', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--margin <share>', 'how much worse still counts as equivalent, e.g. 0.05', share)
    .option(
      '--gate',
      "exit with 1 unless the suite's gate holds; without it, when the candidate is worse or mixed, or would be if what could not be measured went against it",
    )
    .option(
      '--allow-missing-baseline',
      'evaluate the candidate alone, with its gate, where the baseline revision has no configuration or suite yet',
    )
    .option('--sequential', 'stop as soon as the verdict is settled')
    .option('--fresh', 'take nothing over from earlier runs')
    .option('--all', 'list all changed cases')
    .option('--trust', 'run JavaScript that datasets and suites bring along; it is not sandboxed')
    .option('-o, --output <file...>', 'write a report; the ending chooses its form: .html, .json or .md')
    .option('--no-progress', 'show no progress bar')
    .addHelpText('after', COMPARE_WORDS)
    .action(async (options) => done(await (await import('./commands/compare.ts')).compare(options, io)));

  program
    .command('evaluators')
    .description(
      'tell how the evaluators of a stored run agree, how its judges fare, and what a cascade could save',
    )
    .argument('[run]', 'its id (default: the newest)')
    .addOption(config)
    .option('--between <names...>', 'only these two, with the outputs on which they differ')
    .option('--again <run>', 'a run that judged the same outputs once more, for test and retest')
    .option('--agreement <share>', 'agreement with the judge that settled outputs must keep', share, 0.95)
    .option('--json', 'as JSON')
    .action(async (run, options) =>
      done(await (await import('./commands/evaluators.ts')).evaluators(run, options, io)),
    );

  program
    .command('show')
    .description('show a stored run, or one case of it with its trace')
    .argument('[run]', 'its id (default: the newest)')
    .addOption(config)
    .option('--runs', 'list the stored runs')
    .option('--json', 'with --runs: as JSON')
    .option('--case <id>', 'one case: outputs, evaluations, spans and log lines')
    .option('--target <name>', 'with --case: of this target only')
    .option('--failed', 'list the cases that did not pass')
    .addOption(output)
    .addOption(otlp)
    .addOption(otlpHeader)
    .action(async (run, options) => done(await (await import('./commands/show.ts')).show(run, options, io)));

  program
    .command('tokens')
    .description('count the tokens of prompts and texts; with --against, tell how they grew')
    .argument('<files...>', 'prompt files of any format, or texts')
    .option('-m, --model <model>', 'the model that counts (default: the one that the prompt names)')
    .option('--against <ref>', 'compare with a git commit, branch or tag')
    .option('--max-increase <amount>', 'exit code 1 when a file grew by more, e.g. 5% or 200')
    .option('--json', 'as JSON')
    .action(async (files, options) =>
      done(await (await import('./commands/tokens.ts')).tokens(files, options, io)),
    );

  program
    .command('compress')
    .description('make prompts shorter without breaking them; shows the change, or writes it')
    .argument('<files...>', 'prompt files of any format')
    .addOption(
      new Option('-l, --level <level>', 'how far to go (default: safe)').choices([
        'lossless',
        'safe',
        'aggressive',
      ]),
    )
    .option(
      '--target-tokens <n>',
      'go as far as it takes for a request of so many tokens',
      wholeNumber(1, 10_000_000),
    )
    .option('-m, --model <model>', 'the model that counts (default: the one that the prompt names)')
    .option('--glossary <file>', 'terms and their abbreviations (default: prompt-glossary.yaml, if there)')
    .option('--writer <provider/model>', 'a model that rewrites long paragraphs, at level aggressive')
    .addOption(config)
    .option('--check', 'write and show no change; exit with 1 when something could be saved')
    .option('--max-share <percent>', 'with --check: as much may be saved, e.g. 5%')
    .option('--write', 'change the files')
    .option('--json', 'as JSON')
    .action(async (files, options) =>
      done(await (await import('./commands/compress.ts')).compress(files, options, io)),
    );

  program
    .command('prices')
    .description('show the price table, its age, and the prices that the workspace sets')
    .argument('[model]', 'only models whose name contains this')
    .addOption(config)
    .option('--sources', 'with the source of each price')
    .option('--json', 'as JSON')
    .action(async (model, options) =>
      done(await (await import('./commands/prices.ts')).prices(model, options, io)),
    );

  program
    .command('budgets')
    .description('show what was decided on adaptive token budgets, and why')
    .argument('[suite]', 'only this suite')
    .addOption(config)
    .option('--json', 'as JSON')
    .action(async (suite, options) =>
      done(await (await import('./commands/budgets.ts')).budgets(suite, options, io)),
    );

  return program;
}

const VERSION = '0.1.0';

const COMPARE_WORDS = `
Verdict and exit code without --gate:
  better, equivalent, identical  0
  worse, mixed                   1
  undecided                      0; 1 when nothing was measured, or when what could not be measured could make it worse
With --gate the gate decides, and a significantly worse pass rate or mean score fails it unless it has allow_regression.`;

function dollars(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  const value = Number(text.replace(/^\$/, ''));
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be an amount of US dollars, e.g. 0.50.');
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number above 0, up to 1.');
}

function reportError(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.userError;
  if (error instanceof Interrupted) {
    io.err('interrupted');
    return EXIT.interrupted;
  }
  if (error instanceof UserError) {
    printError(error, io);
    return EXIT.userError;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`${io.errStyle.red('this is a bug in touchstone')}\n${sanitize(stack)}`);
  return EXIT.bug;
}
