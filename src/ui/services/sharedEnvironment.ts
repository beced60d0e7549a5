import * as vscode from 'vscode';
import { otlpVariables, personsEndpoint } from '../../engine/model/otlpVariables.ts';
import type { Settings } from '../settings/settings.ts';
import type { TraceReceiver } from './traceReceiver.ts';

/** Which variables programs of this window get; none where traces are not received, or the person has an endpoint of his own. */
export class SharedEnvironment {
  readonly #receiver: TraceReceiver;
  readonly #settings: Settings;

  constructor(receiver: TraceReceiver, settings: Settings) {
    this.#receiver = receiver;
    this.#settings = settings;
  }

  /** `own`: what a program would get without them. */
  variables(own: (name: string) => string | undefined): { [name: string]: string } {
    const { receiving } = this.#receiver;
    const mode = this.#settings.traceEnvironment;
    if (!receiving || !vscode.workspace.isTrusted || mode === 'off') return {};
    if (mode === 'unlessSet' && isConfigured(own)) return {};
    return otlpVariables(receiving.endpoint, receiving.token);
  }
}

/** Somebody has said where telemetry goes, or that it goes nowhere. */
function isConfigured(own: (name: string) => string | undefined): boolean {
  if (personsEndpoint(own) !== undefined) return true;
  return own('OTEL_SDK_DISABLED') === 'true' || own('OTEL_TRACES_EXPORTER') === 'none';
}
