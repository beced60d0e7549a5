import { DEFAULT_TOKEN_MODEL } from '../engine/cost/fileTokens.ts';
import { UserError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { readText } from '../engine/files/readText.ts';
import type { Prompt } from '../engine/model/prompt.ts';
import { type Tokenizer, Tokenizers } from '../engine/models/tokens/tokenizer.ts';
import { detectFormat } from '../engine/prompts/detectFormat.ts';
import { parsePrompt } from '../engine/prompts/parsePrompt.ts';
import { workspacePath } from '../engine/suites/config/fileReference.ts';
import { type ChosenModel, PromptModels } from './promptModels.ts';
import type { Session } from './session.ts';

/** A prompt as it stands in the editor, with what it is counted by. */
export interface OpenedPrompt {
  prompt: Prompt;
  /** Of the whole file. */
  text: string;
  absolute: string;
  /** For a prompt that is counted again and again. */
  tokenizer: Tokenizer;
  chosen: ChosenModel;
}

/** Reads the prompts that a window has open. */
export class PromptReader {
  readonly models: PromptModels;
  readonly #session: Session;
  readonly #tokenizers = new Tokenizers();
  readonly #editing = new Map<string, Tokenizer>();

  constructor(session: Session) {
    this.#session = session;
    this.models = new PromptModels(session);
  }

  /**
   * Undefined for a file that is no prompt or lies elsewhere, and for one that cannot be read as it stands.
   * Without a text, as it is on the disk.
   */
  async read(
    file: { path: string; text?: string; model: string | null },
    signal: AbortSignal,
  ): Promise<OpenedPrompt | undefined> {
    const { root, environment } = this.#session;
    try {
      const absolute = resolveInside(root, file.path, { path: file.path });
      const path = workspacePath(root, absolute);
      const known = detectFormat(path) !== undefined || (await this.models.suitesOf(path, signal)).length > 0;
      if (!known) return undefined;
      const text = file.text ?? readText(absolute, path);
      const prompt = parsePrompt({ path, text }, { root, environment });
      const chosen = await this.models.choose(prompt, file.model, signal);
      return { prompt, text, absolute, tokenizer: await this.tokenizer(chosen.model), chosen };
    } catch (error) {
      // What is wrong with it is told as a problem of the file.
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }

  /** One for each model, so that it remembers the texts that it counted. */
  async tokenizer(model: string = DEFAULT_TOKEN_MODEL): Promise<Tokenizer> {
    const known = this.#editing.get(model);
    if (known) return known;
    const tokenizer = (await this.#tokenizers.forModel(model)).forEditing();
    this.#editing.set(model, tokenizer);
    return tokenizer;
  }
}
