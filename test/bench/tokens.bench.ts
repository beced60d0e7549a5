// Throughput of token counts against tiktoken (WASM) and, where they are installed, js-tiktoken, gpt-tokenizer and
// ai-tokenizer (npm install --prefix .peers/tokenizers js-tiktoken gpt-tokenizer ai-tokenizer); all counts must agree.
// Then the pathological inputs, and an edit in a prompt of 40 KB against a full count.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Encodings } from '../../src/engine/models/tokens/encoding.ts';
import { IncrementalCounter } from '../../src/engine/models/tokens/incrementalCounter.ts';

const root = path.join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);
const peers = path.join(root, '.peers', 'tokenizers', 'node_modules');

interface Counter {
  name: string;
  /** Milliseconds until the first text can be counted. */
  load: number;
  count(text: string): number;
}

const REPEATS = 5;

function timed<T>(work: () => T): { value: T; ms: number } {
  const started = performance.now();
  const value = work();
  return { value, ms: performance.now() - started };
}

function best(work: () => unknown, repeats = REPEATS): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < repeats; round += 1) least = Math.min(least, timed(work).ms);
  return least;
}

async function counters(): Promise<Counter[]> {
  const begun = performance.now();
  const encoding = await new Encodings().get('o200k_base');
  const load = performance.now() - begun;
  const found: Counter[] = [{ name: 'touchstone', load, count: (text) => encoding.count(text) }];
  const wasm = timed(() => {
    const { Tiktoken } = require('tiktoken/lite');
    const { bpe_ranks, special_tokens, pat_str } = require('tiktoken/encoders/o200k_base.json');
    return new Tiktoken(bpe_ranks, special_tokens, pat_str);
  });
  found.push({
    name: 'tiktoken (WASM)',
    load: wasm.ms,
    count: (text) => wasm.value.encode_ordinary(text).length,
  });
  for (const peer of [jsTiktoken, gptTokenizer, aiTokenizer]) {
    const counter = await peer();
    if (counter) found.push(counter);
  }
  return found;
}

async function load(file: string) {
  const full = path.join(peers, file);
  return existsSync(full) ? import(pathToFileURL(full).href) : undefined;
}

async function jsTiktoken(): Promise<Counter | undefined> {
  const started = performance.now();
  const lite = await load('js-tiktoken/dist/lite.js');
  const ranks = await load('js-tiktoken/dist/ranks/o200k_base.js');
  if (!lite || !ranks) return undefined;
  const tokenizer = new lite.Tiktoken(ranks.default);
  return {
    name: 'js-tiktoken',
    load: performance.now() - started,
    count: (text) => tokenizer.encode(text, [], []).length,
  };
}

async function gptTokenizer(): Promise<Counter | undefined> {
  const started = performance.now();
  const tokenizer = await load('gpt-tokenizer/esm/encoding/o200k_base.js');
  if (!tokenizer) return undefined;
  const plain = { disallowedSpecial: new Set<string>() };
  return {
    name: 'gpt-tokenizer',
    load: performance.now() - started,
    count: (text) => tokenizer.countTokens(text, plain),
  };
}

async function aiTokenizer(): Promise<Counter | undefined> {
  const started = performance.now();
  const api = await load('ai-tokenizer/dist/index.js');
  const encoding = await load('ai-tokenizer/dist/encoding/o200k_base.js');
  if (!api || !encoding) return undefined;
  const tokenizer = new api.default(encoding);
  return {
    name: 'ai-tokenizer',
    load: performance.now() - started,
    count: (text) => tokenizer.count(text),
  };
}

/** Prose and code of this repository: each text once, so that no memory of whole texts helps. */
function corpus(): string[] {
  const files = [
    'README.md',
    'package-lock.json',
    ...listed('docs'),
    ...listed('src/engine'),
    ...listed('test/engine'),
  ];
  const texts = files.map((file) => readFileSync(path.join(root, file), 'utf8'));
  // Some of the peers refuse a text that speaks of special tokens.
  return texts.filter((text) => !text.includes('<|'));
}

function listed(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|md)$/.test(file))
    .map((file) => path.join(folder, file));
}

const texts = corpus();
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const all = await counters();
const expected = texts.map((text) => all[1]?.count(text) ?? 0);
const tokens = expected.reduce((sum, count) => sum + count, 0);
console.log(
  `o200k_base: ${texts.length} files, ${(bytes / 1e6).toFixed(2)} MB, ${tokens} tokens; best of ${REPEATS}`,
);
console.log(
  `${'counter'.padEnd(18)}${'load ms'.padStart(9)}${'first MB/s'.padStart(12)}${'MB/s'.padStart(8)}  differs in`,
);
for (const counter of all) {
  const first = timed(() => texts.map((text) => counter.count(text)));
  const differs = first.value.filter((count, index) => count !== expected[index]).length;
  const ms = best(() => {
    for (const text of texts) counter.count(text);
  });
  console.log(
    `${counter.name.padEnd(18)}${counter.load.toFixed(0).padStart(9)}${rate(first.ms).padStart(12)}${rate(ms).padStart(8)}  ${differs} files`,
  );
}

function rate(ms: number): string {
  return (bytes / 1e3 / ms).toFixed(1);
}

console.log('\npathological inputs, ms (once; – where the size before shows that it would take over 20 s)');
const shapes: [string, (length: number) => string][] = [
  ['one letter', (length) => 'a'.repeat(length)],
  [
    'no spaces',
    (length) => Array.from({ length }, (_, index) => 'etaoinshrdlu'[(index * index) % 12]).join(''),
  ],
  ['spaces', (length) => ' '.repeat(length)],
];
const sizes = [16_000, 40_000, 400_000];
console.log(
  `${''.padEnd(18)}${shapes.flatMap(([name]) => sizes.map((size) => `${name} ${size / 1000}K`.padStart(17))).join('')}`,
);
for (const counter of all) {
  const cells = shapes.flatMap(([, make]) => {
    let slow = false;
    return sizes.map((size) => {
      // The next size takes a hundred times as long where time grows with the square.
      if (slow) return '–'.padStart(17);
      const { ms } = timed(() => counter.count(make(size)));
      slow = ms > (size === sizes[0] ? 3000 : 200);
      return ms.toFixed(0).padStart(17);
    });
  });
  console.log(`${counter.name.padEnd(18)}${cells.join('')}`);
}

const encoding = await new Encodings().get('o200k_base');
const prompt = texts.join('\n').slice(0, 40_000);
const counter = new IncrementalCounter(encoding);
counter.update(prompt);
const full = best(() => encoding.count(prompt), 20);
let turn = 0;
const edit = best(() => {
  turn += 1;
  counter.update(`${prompt.slice(0, 20_000)}${'x'.repeat(turn)}${prompt.slice(20_000)}`);
}, 20);
console.log(
  `\na prompt of 40,000 characters: full count ${full.toFixed(2)} ms, after an edit ${edit.toFixed(3)} ms (${((edit / full) * 100).toFixed(1)} %)`,
);
