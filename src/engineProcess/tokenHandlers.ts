import path from 'node:path';
import { countPrompt } from '../engine/cost/fileTokens.ts';
import { inputCost } from '../engine/cost/inputCost.ts';
import { promptParts, variableTokens } from '../engine/cost/promptParts.ts';
import { variablePlaces } from '../engine/cost/variableSizes.ts';
import { readGitFile } from '../engine/datasets/diff/gitFile.ts';
import { UserError } from '../engine/errors.ts';
import { contextWindow } from '../engine/models/contextWindow.ts';
import { PRICE_TABLE_DATE, priceOfReference } from '../engine/models/prices/priceTable.ts';
import { isExact } from '../engine/models/tokens/tokenBasis.ts';
import type { Handlers } from '../protocol/call.ts';
import type { PromptTokens, tokenCalls } from '../protocol/tokenCalls.ts';
import { askedOverrides } from './askedOverrides.ts';
import { comparedModels } from './comparedModels.ts';
import type { OpenedPrompt, PromptReader } from './openedPrompt.ts';
import type { Session } from './session.ts';
import { typicalSizes } from './typicalSizes.ts';

export function tokenHandlers(session: Session, reader: PromptReader): Handlers<typeof tokenCalls> {
  return {
    'run/estimate': async ({ suite, scripts, ...asked }, signal) => {
      session.requireTrust('preparing a run');
      const engine = session.engine(await session.load(signal), scripts);
      const prepared = await engine.prepare(suite, askedOverrides(engine, asked), signal);
      try {
        const runs = [];
        for (const run of prepared) {
          const { trials, costUsd, elapsedMs, notes } = await engine.estimate(run, signal);
          runs.push({ dataset: run.inputs.plan.dataset.path, trials, costUsd, elapsedMs, notes });
        }
        return { runs };
      } finally {
        await Promise.all(prepared.map((run) => run.close()));
      }
    },
    'token/prompt': async (params, signal) => {
      const opened = await reader.read(params, signal);
      return opened ? promptTokens(opened) : null;
    },
    'token/head': async ({ path: given, model }, signal) => {
      // git runs what the repository's configuration says, so it waits for trust.
      if (!session.trusted) return null;
      const text = await committed(path.resolve(session.root, given), signal);
      const opened = text === undefined ? undefined : await reader.read({ path: given, text, model }, signal);
      if (!opened) return null;
      const { total, messages } = promptTokens(opened);
      return { total: total.tokens, messages: messages.map(({ tokens }) => tokens.tokens) };
    },
    'token/variables': async (params, signal) => {
      const opened = await reader.read(params, signal);
      if (!opened) return null;
      const { prompt, text, tokenizer } = opened;
      const { sources, sizes } = await typicalSizes(session, reader.models, opened, signal);
      const places = variablePlaces(prompt, text);
      return {
        sources,
        adds: sizes.length === 0 ? null : variableTokens(prompt, { sizes, places }, tokenizer),
        variables: sizes,
        places: places.map(({ name, end }) => ({ name, line: end.line, column: end.column })),
      };
    },
    'token/breakdown': async (params, signal) => {
      const opened = await reader.read(params, signal);
      if (!opened) return null;
      const { prompt, text, tokenizer } = opened;
      const { sizes } = await typicalSizes(session, reader.models, opened, signal);
      const values = sizes.length === 0 ? null : { sizes, places: variablePlaces(prompt, text) };
      return {
        prompt: promptTokens(opened),
        parts: promptParts(prompt, countPrompt(prompt, tokenizer), tokenizer, values),
        models: await comparedModels(reader, opened, signal),
        pricesOf: PRICE_TABLE_DATE,
      };
    },
    'token/count': async ({ text, model }, signal) => {
      const { providers } = await reader.models.config(signal);
      const tokenizer = await reader.tokenizer(model === null ? undefined : bareName(model));
      const reference = model ?? `openai/${tokenizer.model}`;
      const tokens = tokenizer.count(text);
      return {
        model: tokenizer.model,
        basis: tokenizer.basis.source,
        tokens,
        costUsd: inputCost(tokens, priceOfReference(reference, providers)),
      };
    },
  };
}

function promptTokens({ prompt, tokenizer, chosen }: OpenedPrompt): PromptTokens {
  const { total, messages, basis } = countPrompt(prompt, tokenizer);
  return {
    model: chosen.model,
    reference: chosen.reference,
    chosenBy: chosen.chosenBy,
    basis: isExact(tokenizer.basis) ? basis : tokenizer.basis.source,
    contextWindow: contextWindow(chosen.model) ?? null,
    total,
    costUsd: inputCost(total, chosen.price),
    messages: messages.map(({ role, range, tokens }) => ({
      role,
      line: range.line,
      endLine: range.endLine,
      tokens,
      costUsd: inputCost(tokens, chosen.price),
    })),
  };
}

/** The text of a file at the last commit; undefined outside a repository, and where it was not there. */
async function committed(absolute: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const name = `HEAD:./${path.basename(absolute)}`;
    return await readGitFile(name, { cwd: path.dirname(absolute), signal });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function bareName(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
