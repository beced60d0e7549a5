import { defined } from '../../model/defined.ts';
/** A provider of promptfoo that speaks OpenAI's chat API at a known address. */
export interface Vendor {
  /** Name of the provider here. */
  name: string;
  baseUrl: string;
  /** Environment variable of its key; undefined for local servers. */
  key?: string;
}

const VENDORS: ReadonlyMap<string, Vendor> = new Map(
  [
    ['anthropic', 'https://api.anthropic.com/v1', 'ANTHROPIC_API_KEY'],
    ['cerebras', 'https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'],
    ['deepseek', 'https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'],
    ['fireworks', 'https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'],
    ['google', 'https://generativelanguage.googleapis.com/v1beta/openai', 'GOOGLE_API_KEY'],
    ['groq', 'https://api.groq.com/openai/v1', 'GROQ_API_KEY'],
    ['localai', 'http://localhost:8080/v1', undefined],
    ['mistral', 'https://api.mistral.ai/v1', 'MISTRAL_API_KEY'],
    ['ollama', 'http://localhost:11434/v1', undefined],
    ['openrouter', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'],
    ['perplexity', 'https://api.perplexity.ai', 'PERPLEXITY_API_KEY'],
    ['togetherai', 'https://api.together.xyz/v1', 'TOGETHER_API_KEY'],
    ['xai', 'https://api.x.ai/v1', 'XAI_API_KEY'],
  ].map(([name = '', baseUrl = '', key]) => [name, { name, baseUrl, ...defined({ key }) }]),
);

/** Words between the vendor and the model that mean a chat, or what a chat can stand in for. */
const CHAT = /^(?:chat|messages|completion|responses)$/;
/** Kinds of models that answer otherwise than by a text. */
const OTHER =
  /^(?:assistant|agents?|audio|chatkit|claude-(?:agent-sdk|code)|codex.*|deep-research|embeddings?|image|moderation|realtime|speech|transcription|video|voice|tts|live)$/;

/**
 * `openai:chat:gpt-4o` and its like, or `openai:embedding:…` where an embedding model is asked for; undefined for
 * anything else.
 */
export function modelOf(
  id: string,
  wanted: 'chat' | 'embedding' = 'chat',
): { vendor: string; model: string; known: Vendor | undefined } | undefined {
  const [vendor = '', ...rest] = id.split(':');
  if (rest.length === 0) return undefined;
  const [kind = ''] = rest;
  const embeds = /^embeddings?$/.test(kind);
  if (embeds !== (wanted === 'embedding') || (OTHER.test(kind) && !embeds)) return undefined;
  const model = embeds || CHAT.test(kind) ? rest.slice(1).join(':') : rest.join(':');
  if (model === '' || !(vendor === 'openai' || vendor === 'azure' || VENDORS.has(vendor))) return undefined;
  return { vendor, model, known: VENDORS.get(vendor) };
}
