import { countPrompt } from '../engine/cost/fileTokens.ts';
import { inputCost } from '../engine/cost/inputCost.ts';
import { contextWindow } from '../engine/models/contextWindow.ts';
import type { ModelPrice } from '../engine/models/prices/prices.ts';
import { priceOfReference, priceOfRow, priceRows } from '../engine/models/prices/priceTable.ts';
import type { PromptBreakdown } from '../protocol/tokenCalls.ts';
import { usedModels } from './modelHandlers.ts';
import type { OpenedPrompt, PromptReader } from './openedPrompt.ts';

/** One of each size and vendor, beside those of the workspace; at their vendors' list prices. */
const WELL_KNOWN = [
  'gpt-5',
  'gpt-5-mini',
  'gpt-4.1-mini',
  'claude-haiku-4-5',
  'claude-sonnet-4-5',
  'gemini-2.5-flash',
];
/** As many rows as a person looks at. */
const MOST_MODELS = 12;

/** What a prompt costs with its own model, with those of the workspace, and with some that everybody knows. */
export async function comparedModels(
  reader: PromptReader,
  { prompt, chosen }: OpenedPrompt,
  signal: AbortSignal,
): Promise<PromptBreakdown['models']> {
  const config = await reader.models.config(signal);
  const prices = new Map<string, ModelPrice | undefined>();
  prices.set(chosen.reference ?? chosen.model, chosen.price);
  for (const reference of usedModels(config))
    prices.set(reference, priceOfReference(reference, config.providers));
  const named = new Set([...prices.keys()].map(bareName));
  for (const row of priceRows())
    if (WELL_KNOWN.includes(row.model) && !named.has(row.model)) prices.set(row.model, priceOfRow(row));
  const rows: PromptBreakdown['models'] = [];
  for (const [name, price] of [...prices].slice(0, MOST_MODELS)) {
    const model = bareName(name);
    const { total } = countPrompt(prompt, await reader.tokenizer(model));
    rows.push({
      name,
      tokens: total,
      costUsd: inputCost(total, price),
      contextWindow: contextWindow(model) ?? null,
    });
  }
  return rows;
}

function bareName(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
