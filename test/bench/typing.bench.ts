// What the editor waits for after a pause in typing: the counts of a prompt of 40 KB, over the protocol, after an edit
// in its middle. The limit is 50 ms. Beside it: what is worked out later, when nobody types.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { TestWindow } from '../engineProcess/window.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const LIMIT_MS = 50;
const EDITS = 100;
const BYTES = 40_000;

const SENTENCES = [
  'Answer questions about orders, refunds and shipping in one short paragraph.',
  'If the customer asks about {{product}}, look at the policy first; never guess a price.',
  'It is important to note that gift cards (up to $500) cannot be refunded after 14 days.',
];

function prompt(): string {
  let body = '';
  for (let index = 0; body.length < BYTES; index += 1)
    body += `${index % 5 === 0 ? `\n## Section ${index}\n\n` : ''}- ${SENTENCES[index % 3]} (${index * 37})\n`;
  return `---\nname: long\nmodel: { id: gpt-5-mini }\n---\nsystem:\n${body}\nuser:\n{{question}}\n`;
}

const root = temporaryFolder();
writeFileSync(path.join(root, 'long.prompty'), prompt());
let usual = 0;
{
  await using window = await TestWindow.open(root);
  const opened = { path: 'long.prompty', model: null };
  const base = prompt();
  const middle = Math.floor(base.length / 2);
  const first = performance.now();
  await window.call('token/prompt', { ...opened, text: base });
  console.log(`the first count, with the tokenizer loaded: ${(performance.now() - first).toFixed(0)} ms`);
  const times: number[] = [];
  for (let edit = 1; edit <= EDITS; edit += 1) {
    const text = `${base.slice(0, middle)}${'typed '.repeat(edit)}${base.slice(middle)}`;
    const started = performance.now();
    await window.call('token/prompt', { ...opened, text });
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  usual = times[Math.ceil(0.95 * times.length) - 1] ?? Number.POSITIVE_INFINITY;
  const shown = [0.5, 0.95, 1].map((q) => (times[Math.ceil(q * times.length) - 1] ?? 0).toFixed(1));
  console.log(
    `counts after an edit, ${(base.length / 1000).toFixed(0)} KB: median ${shown[0]} ms, p95 ${shown[1]} ms, slowest ${shown[2]} ms (limit ${LIMIT_MS} ms for p95)`,
  );
  for (const [what, ask] of [
    ['faded hints', () => window.call('compress/findings', { ...opened, text: base, level: 'safe' })],
    ['what each level saves', () => window.call('compress/offers', { ...opened, text: base })],
    ['break-down and models', () => window.call('token/breakdown', { ...opened, text: base })],
  ] as const) {
    const started = performance.now();
    await ask();
    console.log(`${what}: ${(performance.now() - started).toFixed(0)} ms`);
  }
}
if (usual > LIMIT_MS) process.exitCode = 1;
