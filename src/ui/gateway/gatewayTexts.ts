import * as vscode from 'vscode';
import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
} from '../../engine/model/figures.ts';
import { errorRate, sharesOf } from '../../engine/model/gatewayFigures.ts';
import type {
  ArmEntry,
  GatewayState,
  RouteEntry,
  ServingGateway,
  ShadowEntry,
} from '../../protocol/gatewayEntries.ts';
import { lineText } from '../output/plainText.ts';

const { t } = vscode.l10n;

/** One line a fact, for tooltips. */
export function gatewayFacts(state: GatewayState): string[] {
  switch (state.state) {
    case 'off':
      return [t('The gateway does not run.')];
    case 'failed':
      return [t('The gateway does not run: {0}', state.message), state.remedy].filter(Boolean);
    case 'serving':
      return servingFacts(state);
  }
}

function servingFacts(serving: ServingGateway): string[] {
  const { endpoint, routes } = serving;
  return [
    t('Gateway on {0}', endpoint),
    totalsText(routes),
    ...routes.flatMap(({ route, shadow }) =>
      shadow ? [t('Shadow of {0}: {1}', lineText(route), shadowText(shadow))] : [],
    ),
    ...gatewayConcerns(serving).map(({ text }) => text),
  ];
}

/** Something that keeps the gateway from doing all that the configuration says, and what can be done about it. */
export interface GatewayConcern {
  text: string;
  /** Undefined where the text says it. */
  help?: string;
  does?: { kind: 'set-key' } | { kind: 'start' } | { kind: 'open'; place: GatewayPlace };
}

/** Lines and columns count from 1. */
export interface GatewayPlace {
  path: string;
  line: number;
  column: number;
}

export function gatewayConcerns(state: GatewayState): GatewayConcern[] {
  switch (state.state) {
    case 'off':
      return [];
    case 'failed':
      return [
        {
          text: lineText(state.message),
          help: lineText(state.remedy || t('Click to start the gateway on another port.')),
          does: { kind: 'start' },
        },
      ];
    case 'serving':
      return servingConcerns(state);
  }
}

function servingConcerns({ problem, keysWanted, insteadOf, port }: ServingGateway): GatewayConcern[] {
  const place = problem === null ? undefined : placeIn(problem);
  return [
    ...(problem === null
      ? []
      : [{ text: lineText(problem), ...(place && { does: { kind: 'open' as const, place } }) }]),
    ...keysWanted.map(({ provider, origin, variable }) => ({
      text: t(
        'No API key for {0} at {1}: {2} is not set',
        lineText(provider),
        lineText(origin),
        lineText(variable),
      ),
      help: t('Click to set it.'),
      does: { kind: 'set-key' as const },
    })),
    ...(insteadOf
      ? [
          {
            text: portText(insteadOf),
            help: t(
              'Port {0} is used in its place. To have the usual one, end what uses it, and stop and start the gateway; or name a port in touchstone.yaml: gateway.port.',
              String(port),
            ),
          },
        ]
      : []),
  ];
}

function portText({ port, holder }: NonNullable<ServingGateway['insteadOf']>): string {
  return t('Port {0} is in use by {1}', String(port), lineText(holder));
}

/** Where a problem of the configuration stands, such as `touchstone.yaml:3:16: error: …`. */
function placeIn(problem: string): GatewayPlace | undefined {
  const [, path, line, column] = /^([^\n:]+\.ya?ml):(\d+):(\d+): /.exec(problem) ?? [];
  return path === undefined ? undefined : { path, line: Number(line), column: Number(column) };
}

export function totalsText(routes: readonly RouteEntry[]): string {
  const requests = sum(routes.flatMap(({ arms }) => arms.map((arm) => arm.requests)));
  const inFlight = sum(routes.map((route) => route.inFlight));
  const total = counted(requests, 'request');
  return inFlight > 0 ? t('{0}, {1} in progress', total, formatCount(inFlight)) : total;
}

/** It is there without configuration: only names of these have a slash. */
export function isBuiltIn({ route }: Pick<RouteEntry, 'route'>): boolean {
  return route.includes('/');
}

/** Its name in rows and lists. */
export function routeName({ route }: Pick<RouteEntry, 'route'>): string {
  return lineText(route.replace(/^provider\//, ''));
}

/** Beside the name of a route. */
export function routeText({ arms, inFlight, shadow, mismatch }: RouteEntry): string {
  const requests = sum(arms.map((arm) => arm.requests));
  return [
    ...(mismatch ? [t('split does not fit the weights')] : []),
    counted(requests, 'request'),
    ...(inFlight > 0 ? [t('{0} in progress', formatCount(inFlight))] : []),
    ...(shadow?.state === 'mirroring' ? [t('mirrored')] : []),
  ].join(' · ');
}

/** Beside a target of a route. */
export function armText(arm: ArmEntry, arms: readonly ArmEntry[]): string {
  const { wanted, observed } = sharesOf(arm, arms);
  const errors = errorRate(arm);
  return [
    ...(arms.length > 1 ? [splitText(wanted, observed)] : []),
    counted(arm.requests, 'request'),
    // First, since a narrow view cuts the rest off.
    ...(errors === null || errors === 0 ? [] : [t('{0} failed', formatPercent(errors))]),
    ...(arm.p50Ms === null ? [] : [t('p50 {0}', formatDuration(arm.p50Ms))]),
    ...(arm.p95Ms === null ? [] : [t('p95 {0}', formatDuration(arm.p95Ms))]),
    ...(arm.requests === 0 ? [] : [costText(arm)]),
  ].join(' · ');
}

function splitText(wanted: number | null, observed: number | null): string {
  if (observed === null) return formatPercent(wanted);
  return t('{0}, observed {1}', formatPercent(wanted), formatPercent(observed));
}

function costText({ costUsd, unpriced }: { costUsd: number; unpriced: number }): string {
  if (unpriced === 0) return formatCost(costUsd);
  return costUsd === 0 ? t('cost unknown') : t('at least {0}', formatCost(costUsd));
}

/** Verdict and counts of a shadow, beside its target. */
export function shadowText(shadow: ShadowEntry): string {
  const { state, pairs, share } = shadow;
  return [
    verdictText(shadow),
    counted(pairs, 'pair'),
    state === 'mirroring' ? t('{0} mirrored', formatPercent(share)) : t('ended'),
  ].join(' · ');
}

/** What a shadow has used of what it may use. */
export function budgetText(shadow: ShadowEntry, nowMs: number): string {
  const { pairs, limits, state } = shadow;
  const { maxPairs, endsMs } = limits;
  return [
    spentText(shadow),
    t('{0} of {1}', formatCount(pairs), counted(maxPairs, 'pair')),
    ...(endsMs === null || state === 'ended'
      ? []
      : [t('{0} left', formatDuration(Math.max(0, endsMs - nowMs)))]),
  ].join(' · ');
}

/** A call of unknown cost counts as a typical one. */
function spentText({ costUsd, unpriced, limits: { maxCostUsd } }: ShadowEntry): string {
  if (unpriced > 0 && costUsd === 0) return t('cost unknown');
  const spent = unpriced > 0 ? t('about {0}', formatCost(costUsd)) : formatCost(costUsd);
  return maxCostUsd === null ? t('{0} spent', spent) : t('{0} of {1} spent', spent, formatCost(maxCostUsd));
}

export function verdictText({ verdict, state }: ShadowEntry): string {
  if (verdict === null) return state === 'mirroring' ? t('no verdict yet') : t('no verdict');
  const word = wordText(verdict);
  return state === 'mirroring' ? t('{0} so far', word) : word;
}

function wordText(verdict: NonNullable<ShadowEntry['verdict']>): string {
  switch (verdict) {
    case 'better':
      return t('better');
    case 'worse':
      return t('worse');
    case 'mixed':
      return t('mixed');
    case 'undecided':
      return t('undecided');
    case 'equivalent':
      return t('equivalent');
    case 'identical':
      return t('identical');
  }
}

export function latencyText({ p50Ms, p99Ms, requests }: ShadowEntry['interference']['on']): string {
  if (requests === 0) return t('not measured yet');
  if (p50Ms === null || p99Ms === null) return counted(requests, 'request');
  return t(
    'p50 {0}, p99 {1}, {2}',
    formatDuration(p50Ms),
    formatDuration(p99Ms),
    counted(requests, 'request'),
  );
}

/** Why copies were not made or not evaluated. */
export function dropText(reason: string): string {
  switch (reason) {
    case 'interference':
      return t('in slices without copies');
    case 'queue-full':
      return t('queue full');
    case 'too-long':
      return t('too long');
    case 'unsafe':
      return t('not safe to mirror');
    case 'unsuccessful':
      return t('without an answer to the client');
    case 'nothing-to-judge':
      return t('nothing to judge');
    case 'mid-loop':
      return t('begun before');
    case 'time-limit':
      return t('took too long');
    case 'sink-full':
      return t('evaluation busy');
    case 'breaker':
      return t('circuit open');
    default:
      return lineText(reason);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
