import type { EncodingName } from './encodingData.ts';

/** How the tokens of a model are counted. */
export interface TokenBasis {
  encoding: EncodingName;
  /**
   * Tokens of the model for one of the encoding: the smallest, the usual and the largest ratio over texts of
   * different kinds. All 1 where the encoding is the model's own.
   */
  ratio: { low: number; usual: number; high: number };
  /** Where this is from, with the date of the source. */
  source: string;
}

/** The basis of a model's counts; of a wide estimate for a model that nothing is known about. */
export function tokenBasis(model: string): TokenBasis {
  const name = bareName(model);
  return RULES.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}

export function isExact({ ratio }: TokenBasis): boolean {
  return ratio.low === 1 && ratio.high === 1;
}

/**
 * Without what a marketplace puts before a name (`openai/gpt-4o`), nor Bedrock's region, vendor and version
 * (`us.anthropic.claude-sonnet-4-5-20250929-v1:0`), and in lower case.
 */
function bareName(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const bedrock =
    /^(?:[a-z-]+\.)?(?:anthropic|openai|meta|mistral|deepseek|qwen|amazon|cohere|ai21|google)\.(.+?)(?:-v\d+)?(?::[\w:]*)?$/;
  return bedrock.exec(name)?.[1] ?? name;
}

const SAME = { low: 1, usual: 1, high: 1 };

const TIKTOKEN = "tiktoken 1.0.22's table of models, 2025-08";
const AI_TOKENIZER = 'ai-tokenizer 1.0.6, checked by its authors against replies of the API, 2025-11';

const O200K: TokenBasis = { encoding: 'o200k_base', ratio: SAME, source: TIKTOKEN };
const HARMONY: TokenBasis = {
  encoding: 'o200k_base',
  ratio: SAME,
  source: 'its o200k_harmony has the ranks of o200k_base (openai/gpt-oss, 2025-08)',
};
const CL100K: TokenBasis = { encoding: 'cl100k_base', ratio: SAME, source: TIKTOKEN };

const LATER_GPT: TokenBasis = {
  encoding: 'o200k_base',
  ratio: { low: 0.95, usual: 1, high: 1.05 },
  source: `no encoding is published; that of GPT-5 is taken (${AI_TOKENIZER}: 98.7 to 99.7 % for gpt-5.1)`,
};

/**
 * ai-tokenizer's model of Claude's tokenizer (its own check: 97.6 to 99.9 %) counts 1.21 tokens for one of
 * o200k_base in the median of 22 files of English prose, code and JSON, 1.09 to 1.31 over them; and 1.3 for
 * Chinese, 1.7 for German, 1.9 for Japanese, 2.1 for Russian sentences, for which this is too low.
 */
const CLAUDE: TokenBasis = {
  encoding: 'o200k_base',
  ratio: { low: 1.05, usual: 1.21, high: 1.4 },
  source: `not public; calibrated on 22 files of English prose, code and JSON with ${AI_TOKENIZER}`,
};

/**
 * From Claude Opus 4.7 on there is another tokenizer: 1.0 to 1.35 times the tokens of the one before by
 * Anthropic's migration guide, 1.325 weighted over 7 real files and up to 1.47, measured with its counting
 * endpoint (claudecodecamp.com, "I measured Claude 4.7's new tokenizer", 2026-04). Times the ratio above.
 */
const CLAUDE_LATER: TokenBasis = {
  encoding: 'o200k_base',
  ratio: { low: 1.05, usual: 1.6, high: 2.05 },
  source: "not public; the older tokenizer's ratio times 1.325 (1.0 to 1.47), measured in 2026-04",
};

const GEMINI: TokenBasis = {
  encoding: 'o200k_base',
  ratio: { low: 0.97, usual: 1.08, high: 1.2 },
  source: `not public; ${AI_TOKENIZER}: 92 to 99.9 % with the factor 1.08`,
};

/** Public tokenizers that are not brought along. */
const QWEN: TokenBasis = near('cl100k_base', 0.1, '94 to 98 %');
const DEEPSEEK: TokenBasis = near('o200k_base', 0.1, '95 to 99 %');
const MISTRAL: TokenBasis = near('cl100k_base', 0.15, '92 to 99 %');
const LLAMA: TokenBasis = near('cl100k_base', 0.35, '66 to 99 %');

const UNKNOWN: TokenBasis = {
  encoding: 'o200k_base',
  ratio: { low: 0.6, usual: 1, high: 2.1 },
  source: 'nothing is known of its tokenizer; as wide as the known ones differ',
};

function near(encoding: EncodingName, margin: number, accuracy: string): TokenBasis {
  return {
    encoding,
    ratio: { low: 1 - margin, usual: 1, high: 1 + margin },
    source: `its own tokenizer is not brought along; ${AI_TOKENIZER}: ${accuracy} with ${encoding}`,
  };
}

/** The first that matches counts. Prefixes stand for dated snapshots, as in tiktoken's own table. */
const RULES: readonly (readonly [RegExp, TokenBasis])[] = [
  [/^(ft:)?(chatgpt-4o|gpt-4o|gpt-4\.[15]|gpt-5)(-|$)/, O200K],
  [/^(ft:)?o[134](-|$)/, O200K],
  [/^(ft:)?(gpt-4|gpt-3\.5|gpt-35)(-|$)/, CL100K],
  [/^(text-embedding-(ada-002|3-)|davinci-002|babbage-002)/, CL100K],
  [/^gpt-oss(-|:|$)/, HARMONY],
  [/^gpt-?2(-|$)/, UNKNOWN],
  [/^gpt-\d/, LATER_GPT],
  [/^claude-(instant|[123](\D|$))/, CLAUDE],
  [/^claude-(opus|sonnet|haiku)-4(-[0-6])?([-@]\d{8}.*)?$/, CLAUDE],
  [/^claude-(opus|sonnet|haiku)-4\.[0-6]$/, CLAUDE],
  [/^claude/, CLAUDE_LATER],
  [/^gemini/, GEMINI],
  [/^(qwen|qwq)/, QWEN],
  [/^deepseek/, DEEPSEEK],
  [/^(mi[sx]tral|codestral|devstral|magistral|ministral|pixtral)/, MISTRAL],
  [/^(meta-)?llama/, LLAMA],
];
