import { hash } from 'node:crypto';
import { matchesGlob } from '../evaluators/patterns/glob.ts';
import type { AgentSpan } from '../model/agentSpan.ts';
import type { MonitorMatch } from '../suites/monitoring/monitorConfig.ts';
import { GENERAL } from '../telemetry/attributes.ts';

/** Whether a span is one that a monitor evaluates. What the span does not say matches no text. */
export function matchesSpan(span: AgentSpan, match: MonitorMatch): boolean {
  const { record, role, model, session } = span;
  if (match.kind && !match.kind.includes(role)) return false;
  if (match.root !== undefined && match.root !== (record.parentSpanId === null)) return false;
  if (!fits(record.service, match.service) || !fits(model, match.model)) return false;
  if (!fits(releaseOf(span), match.release) || !fits(session, match.session)) return false;
  if (match.name && ![record.name, span.title, span.agent].some((name) => fits(name, match.name)))
    return false;
  return Object.entries(match.attributes ?? {}).every(([name, wanted]) => isAttribute(span, name, wanted));
}

/** `service.version` of the service that sent it. */
export function releaseOf({ record }: AgentSpan): string | null {
  const release = record.resource?.[GENERAL.serviceVersion];
  return typeof release === 'string' ? release : null;
}

/**
 * Whether a trace is one of a share, 0 to 1. The id alone decides, so that all spans of a trace are in it or none, after a restart
 * as well, and a smaller share is a part of a greater one.
 */
export function isInShare(traceId: string, share: number): boolean {
  if (share >= 1) return true;
  const drawn = Number.parseInt(hash('sha256', `share\0${traceId}`, 'hex').slice(0, 8), 16) / 0x1_0000_0000;
  return drawn < share;
}

function fits(text: string | null, patterns: readonly string[] | undefined): boolean {
  if (!patterns) return true;
  return text !== null && patterns.some((pattern) => matchesGlob(text, pattern));
}

function isAttribute({ record }: AgentSpan, name: string, wanted: string | number | boolean): boolean {
  const value = Object.hasOwn(record.attributes, name) ? record.attributes[name] : record.resource?.[name];
  if (typeof wanted === 'string') return typeof value === 'string' && matchesGlob(value, wanted);
  return value === wanted;
}
