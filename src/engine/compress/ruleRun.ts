import { defined, nonEmpty } from '../model/defined.ts';
import type { Prompt } from '../model/prompt.ts';
import type { TokenCount } from '../models/tokens/tokenCount.ts';
import type { CompressOptions } from './options.ts';
import type { EditableMessage } from './promptMessages.ts';
import type { Rule, RuleContext, RuleLevel, RuleName } from './rule.ts';
import { rulesUpTo } from './rules.ts';
import { TokenGain } from './tokenGain.ts';
import { WorkingMessage } from './workingMessage.ts';
import { rewriteParagraphs } from './writer.ts';

/** What one rule saved; negative never. */
export interface RuleSavings {
  rule: RuleName;
  level: RuleLevel;
  /** How many places it changed. */
  findings: number;
  tokensSaved: number;
}

const LEVELS: readonly RuleLevel[] = ['lossless', 'safe', 'aggressive', 'target'];

/** The rules at work on the messages of one prompt, until the goal is reached or nothing is left to do. */
export class RuleRun {
  readonly before: TokenCount;
  readonly #prompt: Prompt;
  readonly #options: CompressOptions;
  readonly #messages: ReadonlyMap<number, WorkingMessage>;
  readonly #gain: TokenGain;
  readonly #context: RuleContext;
  #counted: { templates: readonly string[]; total: TokenCount } | undefined;
  readonly #savings = new Map<RuleName, RuleSavings>();

  constructor(prompt: Prompt, editable: readonly EditableMessage[], options: CompressOptions) {
    this.#prompt = prompt;
    this.#options = options;
    this.#messages = new Map(editable.map(({ index, text }) => [index, new WorkingMessage(text)]));
    this.#gain = new TokenGain(options.tokenizer);
    this.#context = {
      glossary: options.glossary ?? new Map(),
      count: (text) => this.#gain.count(text),
    };
    this.before = this.total();
  }

  message(index: number): WorkingMessage | undefined {
    return this.#messages.get(index);
  }

  /** The templates as they are now. */
  templates(): string[] {
    return this.#prompt.messages.map(
      ({ template }, index) => this.#messages.get(index)?.current.text ?? template,
    );
  }

  /** Tokens of the request as it is now. */
  total(): TokenCount {
    const templates = this.templates();
    const counted = this.#counted;
    if (counted && templates.every((template, index) => template === counted.templates[index]))
      return counted.total;
    const total = this.#countRequest(templates);
    this.#counted = { templates, total };
    return total;
  }

  #countRequest(templates: readonly string[]): TokenCount {
    const { messages, tools, responseFormat } = this.#prompt;
    return this.#options.tokenizer.countChat({
      messages: messages.map(({ role }, index) => ({ role, content: templates[index] ?? '' })),
      ...defined({ tools: nonEmpty(tools), responseFormat }),
    }).total;
  }

  savings(): RuleSavings[] {
    return [...this.#savings.values()];
  }

  /** Applies rules until the goal is reached. */
  async toGoal(signal: AbortSignal): Promise<void> {
    const { goal } = this.#options;
    const levels: readonly RuleLevel[] = 'level' in goal ? [goal.level] : LEVELS;
    for (const level of levels) {
      if (this.#missing() <= 0) return;
      for (const rules of stagesOf(level, this.#options.without)) this.#untilNothingIsFound(rules, signal);
      if (level === 'aggressive' && (await this.#rewrite(signal)))
        this.#untilNothingIsFound(rulesUpTo(level, this.#options.without), signal);
    }
  }

  /** Tokens that are still too many; infinitely many where a level is the goal. */
  #missing(): number {
    const { goal } = this.#options;
    return 'level' in goal ? Number.POSITIVE_INFINITY : this.total().tokens - goal.targetTokens;
  }

  /** Each change saves tokens, so this ends. */
  #untilNothingIsFound(rules: readonly Rule[], signal: AbortSignal): void {
    for (let found = true; found; ) {
      found = false;
      for (const rule of rules) {
        signal.throwIfAborted();
        if (this.#missing() <= 0) return;
        if (this.#applyRule(rule)) found = true;
      }
    }
  }

  /** Once, since a model would find other words each time. */
  async #rewrite(signal: AbortSignal): Promise<boolean> {
    const { writer } = this.#options;
    if (writer === undefined) return false;

    const before = this.total().tokens;
    let applied = 0;
    for (const message of this.#longestFirst()) {
      if (this.#missing() <= 0) break;
      const suggestions = await rewriteParagraphs(message.current, writer, signal);
      applied += message.apply('summary', suggestions, this.#gain, Number.POSITIVE_INFINITY).length;
    }

    if (applied > 0)
      this.#note({ name: 'summary', level: 'aggressive' }, applied, before - this.total().tokens);

    return applied > 0;
  }

  #applyRule(rule: Rule): boolean {
    const before = this.total().tokens;
    let applied = 0;
    for (const message of this.#longestFirst()) {
      const enough =
        rule.level === 'target'
          ? this.#missing() / this.#options.tokenizer.basis.ratio.usual
          : Number.POSITIVE_INFINITY;
      const suggestions = rule.suggest(message.current, this.#context);
      applied += message.apply(rule.name, suggestions, this.#gain, enough).length;
    }

    if (applied > 0) this.#note(rule, applied, before - this.total().tokens);
    return applied > 0;
  }

  #longestFirst(): WorkingMessage[] {
    return [...this.#messages.values()].sort((a, b) => b.current.text.length - a.current.text.length);
  }

  #note({ name, level }: Pick<Rule, 'name' | 'level'>, findings: number, tokensSaved: number): void {
    const known = this.#savings.get(name) ?? { rule: name, level, findings: 0, tokensSaved: 0 };
    known.findings += findings;
    known.tokensSaved += tokensSaved;
    this.#savings.set(name, known);
  }
}

/**
 * The rules of a level, in stages: one that takes content away begins when nothing is left that the one before it
 * could take.
 */
function stagesOf(level: RuleLevel, without: readonly RuleName[] | undefined): Rule[][] {
  const rules = rulesUpTo(level, without);
  if (level !== 'target') return [rules];
  const harmless = rules.filter((rule) => rule.level !== 'target');
  const drastic = rules.filter((rule) => rule.level === 'target');
  return drastic.map((_, index) => [...harmless, ...drastic.slice(0, index + 1)]);
}
