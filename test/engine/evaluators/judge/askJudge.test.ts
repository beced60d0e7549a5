import assert from 'node:assert/strict';
import { z } from 'zod';
import { askJudge } from '../../../../src/engine/evaluators/judge/askJudge.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { type Bench, startBench } from './bench.ts';

const context = { signal: new AbortController().signal, span: noSpan };
const client = (bench: Bench) => bench.deps.models.client('local/judge');

async function ask(answer: z.ZodType, replies: readonly string[]) {
  const bench = await startBench(replies.map((text) => ({ text })));
  const messages = [{ role: 'user' as const, content: 'The question.' }];
  const asked = await askJudge(client(bench), { name: 'x', messages, data: [], answer }, context);
  const second = bench.sent(1);
  await bench.close();
  return { asked, second };
}

describe('a judge that answers in another shape', () => {
  it('is told up to three faults with their keys, below the question and its own answer', async () => {
    const shape = z.object({
      a: z.object({ b: z.number('b is no number') }),
      c: z.number('c is no number'),
      d: z.number('d is no number'),
      e: z.number('e is no number'),
    });
    const { asked, second } = await ask(shape, ['{"a":{"b":"x"}}', '{"a":{"b":1},"c":1,"d":1,"e":1}']);
    assert.equal(asked.status, 'answered');
    assert.match(second, /^\[user\]\nThe question\.\n\[assistant\]\n\{"a":\{"b":"x"\}\}\n\[user\]\n/);
    assert.match(
      second,
      /cannot be read: "a\.b": b is no number; "c": c is no number; "d": d is no number\. Give/,
    );
  });

  it('is told a fault of the whole without a key', async () => {
    const shape = z.object({ a: z.number() }).refine(({ a }) => a > 1, 'too little');
    const { second } = await ask(shape, ['{"a":1}', '{"a":2}']);
    assert.match(second, /cannot be read: too little\. Give/);
  });
});
