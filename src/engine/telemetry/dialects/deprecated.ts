import type { AgentSpan } from '../../model/agentSpan.ts';
import type { SpanRecord } from '../../model/span.ts';
import { GEN_AI, GEN_AI_EVENT, GEN_AI_FORMER } from '../attributes.ts';
import { byName } from './byName.ts';

/** Attributes that OpenTelemetry's conventions have given up, and what took their place. */
const ATTRIBUTES: { readonly [name: string]: string } = {
  [GEN_AI_FORMER.system]: GEN_AI.providerName,
  [GEN_AI_FORMER.prompt]: GEN_AI.inputMessages,
  [GEN_AI_FORMER.completion]: GEN_AI.outputMessages,
  [GEN_AI_FORMER.usagePromptTokens]: GEN_AI.inputTokens,
  [GEN_AI_FORMER.usageCompletionTokens]: GEN_AI.outputTokens,
  [GEN_AI_FORMER.usageCacheReadInputTokens]: GEN_AI.cacheReadTokens,
  [GEN_AI_FORMER.usageCacheCreationInputTokens]: GEN_AI.cacheCreationTokens,
  [GEN_AI_FORMER.openaiRequestResponseFormat]: GEN_AI.outputType,
  [GEN_AI_FORMER.openaiRequestSeed]: GEN_AI.requestSeed,
  [GEN_AI_FORMER.openaiRequestServiceTier]: 'openai.request.service_tier',
  [GEN_AI_FORMER.openaiResponseServiceTier]: 'openai.response.service_tier',
  [GEN_AI_FORMER.openaiResponseSystemFingerprint]: 'openai.response.system_fingerprint',
  'code.filepath': 'code.file.path',
  'code.lineno': 'code.line.number',
  'code.column': 'code.column.number',
  'code.function': 'code.function.name',
  'enduser.id': 'user.id',
};

/** Names with an index in them. */
const PREFIXES: { readonly [prefix: string]: string } = {
  [GEN_AI_FORMER.promptPrefix]: GEN_AI.inputMessages,
  [GEN_AI_FORMER.completionPrefix]: GEN_AI.outputMessages,
};

const formerOf = byName((name): { name: string; instead: string } | null => {
  if (Object.hasOwn(ATTRIBUTES, name)) return { name, instead: ATTRIBUTES[name] ?? '' };
  const prefix = Object.keys(PREFIXES).find((start) => name.startsWith(start));
  return prefix === undefined ? null : { name: `${prefix}N`, instead: PREFIXES[prefix] ?? '' };
});

const EVENTS: { readonly [name: string]: string } = {
  [GEN_AI_EVENT.systemMessage]: GEN_AI.systemInstructions,
  [GEN_AI_EVENT.userMessage]: GEN_AI.inputMessages,
  [GEN_AI_EVENT.assistantMessage]: GEN_AI.inputMessages,
  [GEN_AI_EVENT.toolMessage]: GEN_AI.inputMessages,
  [GEN_AI_EVENT.choice]: GEN_AI.outputMessages,
  [GEN_AI_EVENT.contentPrompt]: GEN_AI.inputMessages,
  [GEN_AI_EVENT.contentCompletion]: GEN_AI.outputMessages,
};

export function deprecatedNames({ attributes, events }: SpanRecord): AgentSpan['deprecated'] {
  const found = new Map<string, string>();
  for (const name of Object.keys(attributes)) {
    const former = formerOf(name);
    if (former) found.set(former.name, former.instead);
  }
  for (const { name } of events) if (Object.hasOwn(EVENTS, name)) found.set(name, EVENTS[name] ?? '');

  return [...found].map(([name, instead]) => ({ name, instead }));
}
