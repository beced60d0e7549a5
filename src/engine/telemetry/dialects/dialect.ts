import type { AgentSpan, Convention, SpanRole, SpanTool, TokenUse } from '../../model/agentSpan.ts';
import type { SpanRecord } from '../../model/span.ts';
import type { SpanFields } from './spanFields.ts';

/** One convention: what its attributes say about a span. A later one fills only what the earlier ones left open. */
export interface Dialect {
  convention: Convention;
  /** How the names of its attributes begin: what is left of them was not understood. */
  prefixes: readonly string[];
  read(fields: SpanFields, record: SpanRecord): SpanFacts;
}

/** What a convention says of a span; null or undefined where it says nothing. */
export type SpanFacts = {
  [Key in PlainFact]?: AgentSpan[Key] | null | undefined;
} & {
  finishReasons?: string[];
  tokens?: { [Key in keyof TokenUse]?: number | null };
  tool?: { [Key in keyof SpanTool]?: SpanTool[Key] | null | undefined };
};

export type PlainFact =
  | 'role'
  | 'title'
  | 'provider'
  | 'model'
  | 'reportedUsd'
  | 'firstTokenMs'
  | 'responseId'
  | 'agent'
  | 'input'
  | 'output'
  | 'session'
  | 'user'
  | 'error';

/** The role by the name that a convention has for it. */
export function roleBy(roles: { readonly [name: string]: SpanRole }, name: string | null): SpanRole | null {
  return name !== null && Object.hasOwn(roles, name) ? (roles[name] ?? null) : null;
}
