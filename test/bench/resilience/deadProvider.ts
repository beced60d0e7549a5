import { load, modelsOf } from './modelOf.ts';
import { ProviderChild } from './providerChild.ts';

const FOR_MS = 10_000;
const CALLERS = 20;
/** Answers in two runs of the same kind differ by about so much. */
const NOISE = 0.05;

/** Three providers of one engine; the third dies after two seconds. Limit: the others answer as much as when it lives. */
export async function deadProvider(): Promise<boolean> {
  const alive = await answers(Number.POSITIVE_INFINITY);
  const beside = await answers(2000);
  const ratio = (beside.a + beside.b) / (alive.a + alive.b);
  console.log(
    `one dead provider of three   the others: ${alive.a + alive.b} answers with it alive, ${beside.a + beside.b} with it dead, ratio ${ratio.toFixed(3)} (limit: above ${1 - NOISE}); requests that the dead one got: ${beside.sent}`,
  );
  return ratio > 1 - NOISE;
}

async function answers(deadAfterMs: number): Promise<{ a: number; b: number; sent: number }> {
  const children = await Promise.all(
    ['a', 'b', 'c'].map((name, index) =>
      ProviderChild.start({
        seed: index + 1,
        latencyMs: [100, 200],
        ...(name === 'c' && Number.isFinite(deadAfterMs) ? { deadAfterMs } : {}),
      }),
    ),
  );
  const [a, b, c] = children;
  if (!a || !b || !c) throw new Error('there are three providers');

  const models = modelsOf({
    a: { baseUrl: a.baseUrl },
    b: { baseUrl: b.baseUrl },
    c: { baseUrl: c.baseUrl },
  });
  const loads = await Promise.all(
    Object.values(models).map((model) => load(model, { callers: CALLERS, forMs: FOR_MS })),
  );
  const { admittedAt } = await c.seen();
  for (const child of children) child.stop();

  return { a: loads[0]?.answered ?? 0, b: loads[1]?.answered ?? 0, sent: admittedAt.length };
}
