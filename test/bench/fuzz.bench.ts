// Seeded random edits of the repository's samples through every parser of texts from outside. Finds errors that are not for
// people, and runs that take longer than they may: npm run bench -- fuzz [seconds] [first seed]
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { seededRandom } from '../support/seededRandom.ts';
import { corpus } from './fuzz/corpus.ts';
import { mutate } from './fuzz/mutate.ts';
import { isExpected, openParsers, type Parser } from './fuzz/parsers.ts';

/** Longest run in milliseconds; inputs have at most 60,000 characters. Wide: the machine may be busy. */
const LIMIT_MS = 3000;
const DEADLINE_MS = 20_000;
const SECONDS = 60;
/** Different finds that are shown in full. */
const SHOWN = 20;

interface Find {
  seed: number;
  parser: string;
  sample: string;
  what: string;
  input: string;
}

type Message =
  | { kind: 'begin'; seed: number }
  | { kind: 'find'; find: Find }
  | { kind: 'done'; runs: number };

const samples = corpus();

if (isMainThread)
  await watch(Number(process.argv[2] ?? SECONDS), Number(process.argv[3] ?? Date.now() % 1_000_000_000));
else await work(workerData);

/** Runs seeds in a thread that is ended, and begun anew behind it, when one seed takes too long. */
async function watch(seconds: number, firstSeed: number): Promise<void> {
  const until = Date.now() + seconds * 1000;
  const finds = new Map<string, Find>();
  let seed = firstSeed;
  let runs = 0;
  console.log(`${samples.length} samples, seeds from ${firstSeed}, ${seconds} s`);
  while (Date.now() < until) {
    const ended = await runThread(seed, until, (find) => {
      const key = `${find.parser}: ${find.what}`;
      if (finds.has(key)) return;
      finds.set(key, find);
      if (finds.size <= SHOWN) show(find);
    });
    runs += ended.runs;
    seed = ended.next;
  }
  console.log(`${runs} runs, ${finds.size} ${finds.size === 1 ? 'find' : 'finds'}`);
  process.exit(finds.size === 0 ? 0 : 1);
}

function show({ seed, parser, sample, what, input }: Find): void {
  console.log(
    `\nseed ${seed}, ${parser} (${sample}): ${what}\n  ${JSON.stringify(input.slice(0, 600))}${input.length > 600 ? ` … ${input.length} characters` : ''}`,
  );
}

function runThread(
  first: number,
  until: number,
  onFind: (find: Find) => void,
): Promise<{ next: number; runs: number }> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { first, until } });
    let current = first;
    let timer: NodeJS.Timeout | undefined;
    const end = (next: number, runs: number) => {
      clearTimeout(timer);
      void worker.terminate().then(() => resolve({ next, runs }));
    };
    const arm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const { sample, parser, input } = inputOf(current);
        const what = `took longer than ${DEADLINE_MS / 1000} s`;
        onFind({ seed: current, parser, sample: sample.path, what, input });
        end(current + 1, current - first);
      }, DEADLINE_MS);
    };
    worker.on('message', (message: Message) => {
      if (message.kind === 'begin') current = message.seed;
      if (message.kind === 'find') onFind(message.find);
      if (message.kind === 'done') end(current + 1, message.runs);
      else arm();
    });
    worker.on('error', (error) => {
      const { sample, parser, input } = inputOf(current);
      onFind({
        seed: current,
        parser,
        sample: sample.path,
        what: `ended the thread: ${String(error)}`,
        input,
      });
      end(current + 1, current - first);
    });
    arm();
  });
}

/** What a seed stands for: the same in every run. */
function inputOf(seed: number) {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const sample = pick(samples);
  const other = pick(samples);
  if (!sample || !other) throw new Error('there are no samples');
  const parser = pick(sample.parsers) ?? '';
  return { sample, parser, input: mutate(sample.text, other.text, random) };
}

async function work({ first, until }: { first: number; until: number }): Promise<void> {
  const tell = (message: Message) => parentPort?.postMessage(message);
  const { parsers, dispose } = openParsers();
  let seed = first;
  for (; Date.now() < until; seed++) {
    tell({ kind: 'begin', seed });
    const { sample, parser, input } = inputOf(seed);
    const parse = parsers[parser];
    if (!parse) throw new Error(`there is no parser ${parser}`);
    const what = await outcome(parse, input, sample.path);
    if (what === undefined) continue;
    const smallest = /^took/.test(what) ? input : await shrink(parse, input, sample.path, what);
    tell({ kind: 'find', find: { seed, parser, sample: sample.path, what, input: smallest } });
  }
  dispose();
  tell({ kind: 'done', runs: seed - first });
}

/** What is wrong with a run; undefined where nothing is. */
async function outcome(parse: Parser, input: string, path: string): Promise<string | undefined> {
  const begun = performance.now();
  try {
    await parse(input, path);
  } catch (error) {
    if (!isExpected(error)) return describe(error);
  }
  const ms = performance.now() - begun;
  return ms > LIMIT_MS ? `took longer than ${LIMIT_MS} ms` : undefined;
}

/** The error with the place that threw it, so that equal faults are one find. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const place =
    /\(?(?:file:\/\/)?([^\s()]*\.[tj]s:\d+)/.exec(error.stack?.split('\n    at ')[1] ?? '')?.[1] ?? '';
  return `${error.name}: ${error.message.slice(0, 120)} at ${place.replace(/^.*\/(?=src|node_modules)/, '')}`;
}

/** Leaves out pieces, large ones first, as long as the same fault shows. */
async function shrink(parse: Parser, input: string, path: string, what: string): Promise<string> {
  let smallest = input;
  const until = performance.now() + 5000;
  for (let size = Math.ceil(smallest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length && performance.now() < until; ) {
      const shorter = smallest.slice(0, at) + smallest.slice(at + size);
      if ((await outcome(parse, shorter, path)) === what) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}
