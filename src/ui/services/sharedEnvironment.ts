import * as vscode from 'vscode';
import { gatewayVariables } from '../../engine/model/gatewayVariables.ts';
import { otlpVariables, personsEndpoint } from '../../engine/model/otlpVariables.ts';
import type { GatewayFeed } from '../gateway/gatewayFeed.ts';
import type { Settings } from '../settings/settings.ts';
import type { TraceReceiver } from './traceReceiver.ts';

/**
 * Which variables programs of this window get: by which they send traces, unless the person has an endpoint of his own, and by which
 * they ask the gateway in place of a provider while it runs.
 */
export class SharedEnvironment {
  readonly #receiver: TraceReceiver;
  readonly #settings: Settings;
  readonly #gateway: GatewayFeed;

  constructor(receiver: TraceReceiver, settings: Settings, gateway: GatewayFeed) {
    this.#receiver = receiver;
    this.#settings = settings;
    this.#gateway = gateway;
  }

  /** `own`: what a program would get without them. */
  variables(own: (name: string) => string | undefined): { [name: string]: string } {
    return { ...this.#ofTraces(own), ...this.#ofGateway() };
  }

  /** In place of the person's own: a key of a provider is of no use there, and the gateway has it. */
  #ofGateway(): { [name: string]: string } {
    const { serving } = this.#gateway;
    if (!serving || !vscode.workspace.isTrusted || !this.#settings.gatewayEnvironment) return {};
    return gatewayVariables(serving);
  }

  #ofTraces(own: (name: string) => string | undefined): { [name: string]: string } {
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
